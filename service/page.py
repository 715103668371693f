"""The page: a client types, reads who may help, and narrows. Works without JavaScript."""

import re
from collections.abc import Mapping
from functools import cache, partial
from math import isfinite
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from index.errors import BadInput
from matcher import Matcher
from matcher.evidence import Evidence
from matcher.results import Result
from matcher.safety import crisis
from matcher.text import LONGEST
from service.api import lanes_of, matcher_of

router = APIRouter(include_in_schema=False)
# The filters the page offers as a list to choose from, and what it calls them.
LISTS = {
    "insurance": "Insurance",
    "languages": "Language",
    "ages": "Age group",
    "times": "Time of day",
    "gender": "Therapist's gender",
    "identities": "Identity or affirmation",
    "approaches": "Approach",
}
UNREAD = "The form could not be read: write at most 4,000 characters and send it again"
SWITCHES = {"telehealth": "Online sessions", "accepting": "Taking new clients"}


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = marked
    return environment


@router.head("/")
@router.get("/", response_class=HTMLResponse)
def empty(request: Request) -> HTMLResponse:
    """The page before anything was typed."""
    return _page(request, matcher_of(request), {})


@router.post("/", response_class=HTMLResponse)
async def answer(request: Request) -> HTMLResponse:
    """The page with the matches for the text in its form."""
    try:
        form = await request.form(max_files=0)
    except HTTPException as error:
        return _page(request, matcher_of(request), {}, error=UNREAD, status=error.status_code)
    except (LookupError, ValueError):  # a character set that is none, or not the one it says
        return _page(request, matcher_of(request), {}, error=UNREAD, status=400)
    typed = _typed(form)
    return await lanes_of(request).run(typed.get("text", ""), partial(_answered, request, typed))


def _answered(request: Request, typed: Mapping[str, str]) -> HTMLResponse:
    matcher = matcher_of(request)
    try:
        filters = wanted(typed)
        result = matcher.match(typed.get("text", ""), filters)
    except BadInput as error:
        return _page(request, matcher, typed, error=str(error), status=422)
    return _page(request, matcher, typed, len(filters), result)


def wanted(typed: Mapping[str, str]) -> dict[str, Any]:
    """The filters a form asks for. Raises BadInput for a number that is none."""
    filters: dict[str, Any] = {name: [typed[name]] for name in LISTS if typed.get(name)}
    filters |= {name: True for name in SWITCHES if typed.get(name) == "yes"}
    if typed.get("state"):
        filters["state"] = typed["state"]
    if typed.get("max_fee"):
        filters["max_fee"] = _number(typed["max_fee"], "The highest fee")
        if not 0 <= filters["max_fee"] <= 1e6:
            raise BadInput("The highest fee must be 0 or more")
    if typed.get("zip"):
        miles = _number(typed.get("miles") or "25", "The distance in miles")
        if not re.fullmatch("[0-9]{5}", typed["zip"]):
            raise BadInput("The ZIP code must have five digits, such as 98101")
        if not 0 < miles <= 12_500:
            raise BadInput("The distance in miles must be above 0 and at most 12,500")
        filters["near"] = {"zip": typed["zip"], "miles": miles}
    return filters


def marked(text: str, evidence: list[Evidence]) -> Markup:
    """A statement with its quoted passages marked."""
    parts, at = [Markup("")], 0
    for quote in sorted(evidence, key=lambda e: e.start):
        parts += [Markup.escape(text[at : quote.start]), Markup("<mark>")]
        parts += [Markup.escape(text[quote.start : quote.end]), Markup("</mark>")]
        at = quote.end
    return Markup("").join([*parts, Markup.escape(text[at:])])


def _typed(form: FormData) -> dict[str, str]:
    # Browsers send a line break as two characters and count it as one.
    texts = ((n, v.replace("\r\n", "\n")) for n, v in form.items() if isinstance(v, str))
    # Half a character can't be written back into the page.
    return {n: v.encode("utf-8", "replace").decode("utf-8").strip() for n, v in texts}


def _number(text: str, what: str) -> float:
    try:
        if "_" not in text and isfinite(number := float(text.lstrip("$").replace(",", ""))):
            return number
        raise ValueError
    except ValueError:
        raise BadInput(f"{what} must be a number, such as 120") from None


def _page(
    request: Request,
    matcher: Matcher,
    typed: Mapping[str, str],
    chosen: int = 0,
    result: Result | None = None,
    error: str | None = None,
    status: int = 200,
) -> HTMLResponse:
    taxonomy = matcher.contents.taxonomy
    topics = {**taxonomy.issues, **taxonomy.approaches}
    html = (
        _environment()
        .get_template("page.html")
        .render(
            typed=typed,
            chosen=chosen,
            # A mistake elsewhere in the form must not hide whom to call.
            crisis=result.crisis if result else crisis(typed.get("text", "")),
            result=result,
            error=error,
            notice=request.app.state.notice,
            choices=matcher.contents.choices,
            topics=topics,
            about=lambda name: topics[name].name if name in topics else name,
            lists=LISTS,
            switches=SWITCHES,
            longest=LONGEST,
            directory=len(matcher.contents),
        )
    )
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})
