"""ETags: what tells whether somebody has the latest of what they ask for."""

import re
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from matcher.records import tag

STRONG = re.compile(r'(?:^|,)\s*"([\x21\x23-\x7e]*)"\s*(?=,|$)')
ANY = re.compile(r'(?:^|,)\s*(?:W/)?"([\x21\x23-\x7e]*)"\s*(?=,|$)')


def etag(tag: str) -> str:
    """A strong ETag as its header has it."""
    return f'"{tag}"'


def tags(if_match: str | None) -> frozenset[str] | None:
    """The tags that If-Match holds, or None where anything will do; weak ones match nothing."""
    if if_match is None or if_match.strip() == "*":
        return None
    return frozenset(STRONG.findall(if_match))


def tagged(request: Request, body: dict[str, Any]) -> Response:
    """The body under its ETag, or 304 for one who has it already."""
    own = tag(body)
    headers = {"ETag": etag(own), "Cache-Control": "no-cache"}
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or own in ANY.findall(known):
        return Response(status_code=304, headers=headers)
    return JSONResponse(body, headers=headers)
