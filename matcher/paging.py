"""Paging: a token that says where in a list to go on, and of which state of the directory.

A list is the same for the same request as long as nothing changes, so the place in it is all that
has to be remembered, and the token holds nothing of the text, nor a digest of it.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from index.errors import BadInput, Stale

STATE, PLACE, CHECK = 8, 4, 3  # bytes: 15 in all, which base64 writes as 20 letters


def page_token(state: str, start: int) -> str:
    """The token of the page that begins with the match of this number, from 0."""
    body = _told(state) + start.to_bytes(PLACE, "big")
    return urlsafe_b64encode(body + _check(body)).decode("ascii")


def page_start(token: str, state: str) -> int:
    """The number of the match that a page begins with, from 0.

    Raises BadInput for what is no token, and Stale for one of another state.
    """
    try:
        read = urlsafe_b64decode(token.encode("ascii"))
    except (Error, UnicodeEncodeError):
        read = b""
    body, check = read[: STATE + PLACE], read[STATE + PLACE :]
    # What is written back is compared as well, since base64 passes over what is no letter of it.
    if check != _check(body) or urlsafe_b64encode(read).decode("ascii") != token:
        raise BadInput("page must be a `next_page` as an answer gave it", "page")
    if body[:STATE] != _told(state):
        raise Stale(
            "the directory has changed since this page was offered: ask without `page` for the "
            "first one",
            "page",
        )
    return int.from_bytes(body[STATE:], "big")


def _told(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()[:STATE]


def _check(body: bytes) -> bytes:
    """That a token was not mistyped; nothing is kept from anybody by it."""
    return hashlib.sha256(b"page" + body).digest()[:CHECK]
