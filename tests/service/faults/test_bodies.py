"""Bodies nobody means well with: too large, too deep, odd Unicode, numbers at their ends."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.service.faults.conftest import CANARY, ROOM, Server, meant, status
from tests.small import GRIEF

HUGE = 100_000_000  # bytes
PIECE = CANARY.encode() * 4000


def pieces(chunked: bool) -> Iterator[bytes]:
    """The head and the body of a request that never should have been sent."""
    size = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {HUGE}"
    kind = "Content-Type: application/json"
    yield f"POST /v1/match HTTP/1.1\r\nHost: x\r\n{kind}\r\n{size}\r\n\r\n".encode()
    for _ in range(HUGE // len(PIECE)):
        yield b"%x\r\n%s\r\n" % (len(PIECE), PIECE) if chunked else PIECE
    yield b"0\r\n\r\n" if chunked else PIECE[: HUGE % len(PIECE)]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_100_megabytes_is_refused_and_never_held(survives: Server, chunked: bool) -> None:
    survives.forget_peak()
    before = survives.memory()
    with socket.create_connection(survives.place, timeout=20) as connection:
        with suppress(OSError):  # it need not read what it has refused
            for number, piece in enumerate(pieces(chunked)):
                connection.sendall(piece)
                if number == 100:
                    assert survives.answers(), "somebody else asks meanwhile"
        back = b""
        with suppress(OSError):
            back = connection.recv(4096)
    assert status(back) in (413, 0)  # none where the connection was cut first
    assert survives.memory("VmHWM") < before + ROOM


DEEP = 50_000
NESTED = {
    "lists": "[" * DEEP,
    "closed lists": "[" * DEEP + "]" * DEEP,
    "objects": '{"":' * DEEP,
    "a text": '{"text":' + "[" * DEEP + "]" * DEEP + "}",
    "a filter": '{"text":"a b","filters":{"state":' + "[" * DEEP + "]" * DEEP + "}}",
    "an unknown field": '{"text":"a b","' + CANARY + '":' + "[" * DEEP + "]" * DEEP + "}",
}


@pytest.mark.parametrize("path", ["/v1/match", "/v1/counts"])
@pytest.mark.parametrize("body", NESTED.values(), ids=NESTED.keys())
def test_deeply_nested_json_is_refused(survives: Server, body: str, path: str) -> None:
    assert survives.posted(body.encode(), path) in (400, 422)


TEXTS = {
    "NUL": f"{CANARY} \0 sleep",
    "half a character": f"{CANARY} \ud800 sleep",
    "the other half first": f"{CANARY} \udc00\ud800 sleep",
    "combining marks": f"{CANARY} a" + "\u0301" * 3900,
    "right to left": f"\u202e{CANARY} sleep\u202c \u2067שלום\u2069",
    "no width": f"{CANARY}\u200b\u200d\ufeff\u2060" * 100,
    "four bytes": f"{CANARY} 😀𝔖𐍈" * 100,
    "private and unassigned": f"{CANARY} \ue000\U000f0000\U0010ffff\uffff",
    "decomposed": f"{CANARY} cafe\u0301 Nova\u0301k",
    "composed": f"{CANARY} café Novák",
    "one long word": CANARY * 280,
    "lines": f"{CANARY}\n" * 200,
    "line ends of others": f"{CANARY}\u2028\u2029\x85\x0b\x0c sleep",
    "a bell": f"{CANARY}\x07\x1b[31m",
    "tags and braces": f"<script>{CANARY}</script> {{{{7*7}}}} ${{jndi:x}} %s %n ' OR 1=1 --",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_unicode_tricks_are_answered_or_refused(survives: Server, text: str) -> None:
    for body in (
        {"text": text},
        {"text": "I can't sleep", "filters": {"state": text, "insurance": [text]}},
        {"text": "I can't sleep", "filters": {"near": {"zip": text}}},
        {"text": "I can't sleep", "like": [text[:60]], "misread": [text]},
        {"text": "I can't sleep", text: text},
    ):
        assert survives.posted(json.dumps(body).encode()) in (200, 422)
    as_it_is = json.dumps({"text": text}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert survives.posted(as_it_is) in (200, 400, 422)


@pytest.mark.parametrize("id_", ["gr\u0456ef", "grief\u200b", "GRIEF", "g\u0301rief", "grief\0"])
def test_an_id_that_only_looks_right_is_nobodys(survives: Server, id_: str) -> None:
    path = "".join(f"%{byte:02x}" for byte in id_.encode())
    answer = survives.sent(
        f"GET /v1/therapists/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    )
    assert status(answer) == 404
    assert id_ != GRIEF


ENDS = ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "-0", "-0.0", "5e-324", "1" + "0" * 400,
        "9" * 5000, "-" + "9" * 5000, "2147483648", "9223372036854775808", "1e308", "true", "null",
        '"1"', "[]", "{}", "0x10", "1_000", "٣"]  # fmt: skip


@pytest.mark.parametrize("number", ENDS, ids=lambda number: number[:20])
def test_numbers_at_their_ends_are_answered_or_refused(survives: Server, number: str) -> None:
    for field in (
        f'"limit": {number}',
        f'"min_score": {number}',
        f'"filters": {{"max_fee": {number}}}',
        f'"filters": {{"near": {{"zip": "98101", "miles": {number}}}}}',
        f'"filters": {{"telehealth": {number}}}',
    ):
        body = f'{{"text": "I can\'t sleep, {CANARY}", {field}}}'.encode()
        assert survives.posted(body) in (200, 400, 422)


BYTES = {
    "no UTF-8": b'{"text": "\xff\xfe ' + CANARY.encode() + b'"}',
    "overlong UTF-8": b'{"text": "\xc0\xaf ' + CANARY.encode() + b'"}',
    "UTF-16": json.dumps({"text": CANARY}).encode("utf-16"),
    "UTF-32": json.dumps({"text": CANARY}).encode("utf-32"),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps({"text": CANARY}).encode(),
    "one key twice": b'{"text": "a b", "text": "' + CANARY.encode() + b'"}',
    "nothing": b"",
    "half of it": b'{"text": "' + CANARY.encode(),
    "zeros": b"\0" * 1000,
    "gzip": b"\x1f\x8b\x08\0" + CANARY.encode(),
}


@pytest.mark.parametrize("body", BYTES.values(), ids=BYTES.keys())
def test_bytes_that_are_no_plain_json_are_answered_or_refused(
    survives: Server, body: bytes
) -> None:
    assert survives.posted(body) in (200, 400, 422)


def test_a_flood_of_form_fields_is_refused(survives: Server) -> None:
    fields = (CANARY.encode() + b"=&") * 15_000
    kind = b"Content-Type: application/x-www-form-urlencoded\r\nConnection: close"
    head = b"POST / HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Length: %d\r\n\r\n" % (kind, len(fields))
    code = status(survives.sent(head + fields))
    assert meant(code)
    assert code >= 400
