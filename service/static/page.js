// What the page does without a reload. Everything works without this file; nothing is kept by it
// but the list of therapists, where the client asks for that.
"use strict";

const status = document.getElementById("status");
const KEPT = "kept-therapists"; // ids, in this device's storage, only while that is asked for
const SLOW = 400; // milliseconds until it is said that something is under way
const still = matchMedia("(prefers-reduced-motion: reduce)");
let latest = 0;

function say(text, shown = false) {
  status.textContent = text;
  status.className = shown ? "looking" : "hidden";
}

// The server answers with the whole page; what differs is the part within <main>.
async function send(form, button, focus) {
  const turn = ++latest;
  document.getElementById("page").setAttribute("aria-busy", "true");
  const slow = setTimeout(() => say(status.dataset.looking, true), SLOW);
  const sent = new URLSearchParams(new FormData(form, button));
  try {
    const answer = await fetch("/", { method: "POST", body: sent });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn !== latest) return; // a later one is on its way
    const news = page.getElementById("page");
    if (!news) throw new Error("no page");
    await moved(() => {
      if (turn !== latest) return;
      const before = document.getElementById("page");
      news.querySelector("#narrow").open ||= before.querySelector("#narrow").open && focus !== "results";
      const typed = before.querySelector("#text").value; // perhaps more since this was sent
      if (typed.trim() !== sent.get("text").replaceAll("\r\n", "\n").trim()) news.querySelector("#text").value = typed;
      before.replaceWith(document.adoptNode(news));
      ready();
    });
    if (turn === latest) arrive(focus);
  } catch {
    if (turn !== latest) return;
    document.getElementById("page").removeAttribute("aria-busy");
    say(status.dataset.failed, true);
  } finally {
    clearTimeout(slow);
  }
}

// Cards glide to their new places where the browser can and the client doesn't mind.
async function moved(change) {
  const name = () =>
    document.querySelectorAll("[data-id]").forEach((card, n) => {
      card.style.viewTransitionName = n < 12 ? "card-" + card.dataset.id.replace(/\W/g, "_") : "";
    });
  if (!document.startViewTransition || still.matches) return change();
  name();
  const glide = document.startViewTransition(() => {
    change();
    name();
  });
  glide.ready.catch(() => {}); // cut short by the next one
  await glide.updateCallbackDone;
}

// Where the focus goes, and what is said aloud.
function arrive(focus) {
  const heading = document.getElementById("results");
  const error = document.getElementById("error");
  say(error ? "" : (heading?.textContent ?? ""));
  if (error) return document.getElementById("text").focus();
  const again = focus !== "results" && document.querySelector(focus);
  if (again) return again.focus({ preventScroll: true });
  // Whom to call comes first; else what was understood, with the first therapist below it.
  const crisis = document.getElementById("crisis");
  (crisis ?? heading)?.focus({ preventScroll: true });
  const top = crisis?.closest("section") ?? document.querySelector(".understood");
  top?.scrollIntoView({ behavior: still.matches ? "auto" : "smooth" });
}

// After a button is pressed the focus stays on it, or on the one that took its place.
function place(button) {
  if (!button?.value || button.value.startsWith("match")) return "results";
  const [verb, set, ...id] = button.value.split(":");
  if (verb === "more" || set === "unlike" || verb === "clear" || button.closest(".drops")) return "results";
  if (set === "kept" || set === "like") {
    return `[data-id="${CSS.escape(id.join(":"))}"] button[value$="${CSS.escape(`:${set}:${id.join(":")}`)}"]`;
  }
  return button.value === "count" ? '[value="count"]' : "#understood";
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id !== "ask") return;
  event.preventDefault();
  send(form, event.submitter, place(event.submitter));
});

// A choice is counted at once.
document.addEventListener("change", (event) => {
  const field = event.target;
  const form = document.getElementById("ask");
  if (!field.closest(".filters, .switches")) return;
  const count = form.querySelector('[value="count"]');
  send(form, count, "#" + field.id);
});

document.addEventListener("click", async (event) => {
  const leave = event.target.closest(".leave");
  if (leave) {
    event.preventDefault();
    document.body.hidden = true;
    location.replace(leave.href); // so that Back doesn't lead here again
  }
  const button = event.target.closest("[data-do]");
  if (!button) return;
  if (button.dataset.do === "print") print();
  if (button.dataset.do === "copy") {
    const lines = [...document.querySelectorAll("#list li")].map((item) =>
      [...item.querySelectorAll("h3, p")].map((line) => line.textContent.trim()).join("\n"));
    try {
      await navigator.clipboard.writeText(lines.join("\n\n"));
      say(status.dataset.copied, true);
    } catch {
      say(status.dataset.notCopied, true);
    }
  }
  if (button.dataset.do === "save") {
    if (saved()) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "[]");
    ready();
  }
});

function saved() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch {
    return null; // storage is off, or holds something else
  }
}

// Makes a new page's buttons work, and brings the list on this device up to date.
function ready() {
  const ids = [...document.querySelectorAll('#ask [name="kept"]')].map((field) => field.value);
  if (saved()) localStorage.setItem(KEPT, JSON.stringify(ids));
  const list = document.getElementById("list");
  if (!list) return;
  list.querySelectorAll(".scripted").forEach((part) => { part.hidden = false; });
  const save = list.querySelector('[data-do="save"]');
  const hint = document.getElementById("list-hint");
  save.dataset.save ??= save.textContent;
  hint.dataset.gone ??= hint.textContent;
  save.textContent = saved() ? save.dataset.forget : save.dataset.save;
  hint.textContent = saved() ? hint.dataset.kept : hint.dataset.gone;
}

// A list that was kept on this device comes back with the page.
const form = document.getElementById("ask");
const before = saved();
if (before?.length && !form.querySelector('[name="kept"]')) {
  for (const id of before) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "kept", value: id });
    form.append(field);
  }
  send(form, form.querySelector('[value="count"]'), "#text");
} else {
  ready();
}
