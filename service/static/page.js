// What the page does without a reload. Everything works without this file; nothing is kept by it
// but the list of therapists, where the client asks for that.
"use strict";

const status = document.getElementById("status");
const KEPT = "kept-therapists"; // ids, in this device's storage, only while that is asked for
const SLOW = 400; // milliseconds until it is said that something is under way
const FIELDS = [...document.querySelectorAll("#text, .filters [id], .switches [id]")].map((f) => f.id);
const still = matchMedia("(prefers-reduced-motion: reduce)");
let queue = Promise.resolve();

function say(text, shown = false) {
  status.textContent = text;
  status.className = shown ? "looking" : "hidden";
}

// One after the other, since each answer brings the form that the next press belongs to.
function send(pressed, focus) {
  queue = queue.then(() => exchange(pressed, focus));
}

// The server answers with the whole page; what differs is the part within <main>.
async function exchange(pressed, focus) {
  const sent = new FormData(document.getElementById("ask"));
  sent.set("do", pressed);
  document.getElementById("page").setAttribute("aria-busy", "true");
  const slow = setTimeout(() => say(status.dataset.looking, true), SLOW);
  try {
    const answer = await fetch("/", { method: "POST", body: new URLSearchParams(sent) });
    const news = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("page");
    if (!news) throw new Error("no page");
    let then = focus;
    await moved(() => {
      const before = document.getElementById("page");
      if (news.querySelector("#crisis") && !before.querySelector("#crisis")) then = "results";
      news.querySelector("#narrow").open ||= before.querySelector("#narrow").open && then !== "results";
      carry(before, news, sent);
      const active = before.contains(document.activeElement) && document.activeElement.id;
      if (active && FIELDS.includes(active) && then !== "results") then = "#" + active;
      before.replaceWith(document.adoptNode(news));
      ready();
    });
    clearTimeout(slow);
    arrive(then);
  } catch {
    document.getElementById("page").removeAttribute("aria-busy");
    say(status.dataset.failed, true);
  } finally {
    clearTimeout(slow);
  }
}

// What was typed and chosen since the form was sent stays as it is.
function carry(before, news, sent) {
  for (const field of before.querySelectorAll("#text, .filters [id], .switches [id]")) {
    const other = news.querySelector("#" + field.id);
    const now = field.type === "checkbox" && !field.checked ? "" : field.value;
    if (!other || now === (sent.get(field.name) ?? "").replaceAll("\r\n", "\n")) continue;
    other.value = field.value;
    other.checked = field.checked;
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
  const found = (what) => document.querySelector(what);
  say(error ? "" : (heading?.textContent ?? ""));
  if (focus !== "results" && found(focus)) return settle(found(focus));
  if (error) return settle(found('[aria-invalid="true"]') ?? found("#text"));
  // Whom to call comes first; else what was understood, with the first therapist below it.
  settle(found("#crisis") ?? heading ?? found("#text"));
  const top = found("#crisis")?.closest("section") ?? found(".understood");
  top?.scrollIntoView({ behavior: still.matches ? "auto" : "smooth" });
}

function settle(element) {
  if (element.matches("h3")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

// After a button is pressed the focus stays on it, or on what took its place.
function place(button) {
  if (!button?.value) return "results";
  const [verb, set, ...id] = button.value.split(":");
  const card = (number) => `.cards > li:nth-child(${number}) h3`;
  const cards = [...document.querySelectorAll(".cards > li")];
  if (verb === "more") return card(cards.length + 1);
  if (set === "unlike" && cards.length > 1) {
    return card(Math.min(cards.indexOf(button.closest("li")) + 1, cards.length - 1) || 1);
  }
  if (button.closest("#list")) return "#listed";
  if (verb === "clear" || set === "unlike" || button.closest(".drops")) return "results";
  if (set === "kept" || set === "like") {
    return `button[value$="${CSS.escape(`:${set}:${id.join(":")}`)}"]`;
  }
  return verb === "count" ? '[value="count"]' : "#understood";
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id !== "ask") return;
  event.preventDefault();
  send(event.submitter?.value ?? "", place(event.submitter));
});

// A choice is counted at once.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.closest(".filters, .switches")) send("count", "#" + field.id);
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
    try {
      if (saved()) localStorage.removeItem(KEPT);
      else localStorage.setItem(KEPT, "[]");
      ready();
    } catch {
      say(status.dataset.notSaved, true); // the browser allows no storage
    }
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
  if (saved() && ids.length) localStorage.setItem(KEPT, JSON.stringify(ids));
  else if (saved()) localStorage.removeItem(KEPT); // an empty list is none
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
  send("count", "#text");
} else {
  ready();
}
