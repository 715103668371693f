"""The page: a client types, reads who may help, and narrows. Works without JavaScript."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from math import ceil
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.exceptions import HTTPException

from index.errors import Away, BadInput
from matcher import Matcher
from matcher.language import language
from matcher.narrowing import Narrowing
from matcher.results import Result
from matcher.safety import crisis, helplines
from matcher.text import LETTER, LONGEST
from service.access import waits
from service.api import lanes_of, matcher_of, metrics_of
from service.cards import facts, marked, writes
from service.chips import chips
from service.form import LISTS, Form, Mistake, filters
from service.lanes import TurnedAway
from service.logs import place
from service.narrow import selects, switches
from service.strings import Strings, has_strings

log = logging.getLogger("matcher")
router = APIRouter(include_in_schema=False)


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"marked": marked, "facts": facts, "writes": writes}
    return environment


@dataclass(frozen=True)
class Said:
    """What the page has to say to a form: a result, or what is wrong, and the status for it."""

    form: Form = field(default_factory=Form)
    result: Result | None = None
    error: str = ""
    wrong: str = ""  # the field that the error is about
    status: int = 200
    retry_after: int = 0  # seconds; where it isn't 0, too much is under way for a whole page


@router.head("/")
@router.get("/", response_class=HTMLResponse)
def empty(request: Request) -> HTMLResponse:
    """The page before anything was typed."""
    return _page(request, matcher_of(request), Said())


@router.post("/", response_class=HTMLResponse)
async def answer(request: Request) -> HTMLResponse:
    """The page with the matches for the text in its form."""
    try:
        form = Form.read(await request.form(max_files=0))
    except (HTTPException, LookupError, ValueError) as error:
        # The latter two are for a character set that is none, or not the one it says.
        status = error.status_code if isinstance(error, HTTPException) else 400
        said = Said(error=_strings(request)("mistake-unread"), status=status)
        return _page(request, matcher_of(request), said)
    wait = waits(request)
    work = partial(_too_often, request, form, wait) if wait else partial(_answered, request, form)
    try:
        return await lanes_of(request).run(form.text, work)
    except TurnedAway as turned:
        told = _strings(request)("mistake-busy")
        said = Said(form, error=told, status=503, retry_after=turned.retry_after)
        return _page(request, matcher_of(request), said)


def _answered(request: Request, form: Form) -> HTMLResponse:
    matcher, strings = matcher_of(request), _strings(request)
    try:
        wanted = filters(form.chosen, matcher.contents.choices)
        _check(form)
        if not form.asked:
            return _page(request, matcher, Said(form))
        result = matcher.match(
            form.text,
            wanted,
            form.shown,
            like=form["like"],
            unlike=form["unlike"],
            misread=form["misread"],
            country=request.app.state.country,
        )
        metrics_of(request).answered(result)
        return _page(request, matcher, Said(form, result))
    except Mistake as mistake:
        told = strings(mistake.name, **mistake.values)
        return _page(request, matcher, Said(form, error=told, wrong=mistake.field, status=422))
    except BadInput as error:
        told = f"{str(error)[0].upper()}{str(error)[1:]}."
        return _page(request, matcher, Said(form, error=told, status=422))
    except Exception as error:
        # Whom to call has to stand there whatever broke; the words and choices are not lost.
        log.error("POST / failed: %s", place(error))
        status = 503 if isinstance(error, Away) else 500
        return _page(request, matcher, Said(form, error=strings("mistake-failed"), status=status))


def _too_often(request: Request, form: Form, wait: int) -> HTMLResponse:
    """The form as it was sent, with whom to call where it speaks of danger."""
    told = _strings(request)("mistake-often", minutes=ceil(wait / 60))
    page = _page(request, matcher_of(request), Said(form, error=told, status=429))
    page.headers["Retry-After"] = str(wait)
    return page


def _check(form: Form) -> None:
    """Raise Mistake for what a client gets wrong most often, in the page's own language."""
    if form.asked and not form.text:
        raise Mistake("mistake-empty")
    if len(form.text) > LONGEST:
        raise Mistake("mistake-long", length=len(form.text), most=LONGEST)
    if form.asked and not LETTER.search(form.text):
        raise Mistake("mistake-words")


def _page(request: Request, matcher: Matcher, said: Said) -> HTMLResponse:
    form, result, strings = said.form, said.result, _strings(request)
    contents, country = matcher.contents, request.app.state.country
    topics = {**contents.taxonomy.issues, **contents.taxonomy.approaches}

    def name_of(slug: str) -> str:
        return topics[slug].name if slug in topics else slug

    def left(chosen: Mapping[str, str]) -> int:
        try:
            return matcher.qualifying(filters(chosen, contents.choices))
        except (Mistake, BadInput):
            return 0

    # What it takes to count and to encode is what there is too little of in a hurry.
    hurried = said.retry_after > 0
    narrowing = None if hurried else _narrowing(matcher, form)
    # A mistake elsewhere in the form, or a crash, must not hide whom to call.
    hears = crisis if hurried else matcher.danger
    danger = result.crisis if result else hears(form.text, country=country)
    if not result:
        metrics_of(request).notice(danger)
    own = () if hurried else form["kept"]
    kept = [found for id_ in own if (found := matcher.therapist(id_))]
    html = (
        _environment()
        .get_template("page.html")
        .render(
            s=strings,
            form=form,
            result=result,
            error=said.error,
            wrong=said.wrong,
            notice=request.app.state.notice,
            crisis=danger,
            crisis_strings=_in_their_language(strings, form.text),
            helplines=helplines(country),
            language=_language(strings, result),
            chips=chips(result.understood, form, strings, name_of, left) if result else None,
            selects=selects(narrowing, form.chosen, strings, name_of) if narrowing else None,
            switches=switches(narrowing, strings) if narrowing else None,
            narrowing=narrowing,
            kept=kept,
            name_of=name_of,
            longest=LONGEST,
            lists=LISTS,
            directory=len(contents),
        )
    )
    again = {"Retry-After": str(said.retry_after)} if hurried else {}
    return HTMLResponse(html, said.status, headers={"Cache-Control": "no-store"} | again)


@cache
def _strings_in(language: str) -> Strings:
    return Strings(language)


def _strings(request: Request) -> Strings:
    strings: Strings = request.app.state.strings
    return strings


def _narrowing(matcher: Matcher, form: Form) -> Narrowing:
    """What each further choice would leave; of all choices where some can't be read."""
    try:
        return matcher.counts(filters(form.chosen, matcher.contents.choices))
    except (Mistake, BadInput):
        return matcher.counts()


def _language(strings: Strings, result: Result | None) -> str:
    """What to say of a text that isn't in English; "" where there is nothing to say."""
    found = result.understood.language if result else None
    if found in (None, "en"):
        return ""
    called = strings.called(found or "")
    return (
        strings("results-language", language=called)
        if called
        else strings("results-language-unknown")
    )


def _in_their_language(strings: Strings, text: str) -> Strings:
    """The strings for whom to call: in the language the client wrote in, where it is known."""
    found = language(text)
    return _strings_in(found) if found and has_strings(found) else strings
