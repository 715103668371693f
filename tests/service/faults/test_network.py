"""Clients nobody wrote in good faith: idle, slow, flooding, and fluent in odd HTTP."""

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx2
import pytest

from service.connections import HEAD
from tests.service.faults.conftest import CANARY, Server, meant, status

IDLE = 10_000
SPARE = 200  # files that the test's own process has open for other things
HOST = b"Host: x\r\n"
LAST = HOST + b"Connection: close\r\n"
JSON = b"Content-Type: application/json\r\n"
TEXT = b'{"text": "I can\'t sleep"}'


@contextmanager
def connected(server: Server, count: int, first: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections that have sent so much."""
    with ExitStack() as held:
        found = []
        for _ in range(count):
            found.append(held.enter_context(socket.create_connection(server.place, timeout=30)))
            found[-1].sendall(first)
        yield found


def closed(connection: socket.socket, within: float) -> bool:
    """Whether the server ends a connection, whatever it says first."""
    connection.settimeout(within)
    try:
        while connection.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def test_others_are_answered_beside_idle_connections(
    survives: Server, record_property: "object"
) -> None:
    assert callable(record_property)
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    theirs = int(limit_of(survives.process))
    count = min(IDLE, most - SPARE, theirs - SPARE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        with connected(survives, count) as idle:
            record_property("idle connections", count)
            assert survives.answers()
            assert closed(idle[0], HEAD + 10), "who never asks anything is let go"
            assert survives.answers()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))


def limit_of(process: int) -> str:
    """How many files a process may have open."""
    return str(resource.prlimit(process, resource.RLIMIT_NOFILE)[0])


def test_heads_that_drip_hold_nothing_up(survives: Server) -> None:
    start = b"GET /readyz HTTP/1.1\r\nX-Slow: " + CANARY.encode()
    second = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n" + start
    until = time.monotonic() + HEAD + 10
    with connected(survives, 100, start) as first, connected(survives, 100, second) as later:
        left = [*first, *later]
        while left and time.monotonic() < until:
            assert survives.live()
            left = [connection for connection in left if not dripped(connection)]
            time.sleep(0.5)
        assert not left, "each was let go"


def dripped(connection: socket.socket) -> bool:
    """Send one byte more; whether the server has had enough."""
    try:
        connection.sendall(b"x")
    except OSError:
        return True
    return closed(connection, 0.001)


def test_bodies_that_drip_hold_nobody_up(survives: Server) -> None:
    head = b"POST /v1/match HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: 5000\r\n\r\n"
    with connected(survives, 200, head + b'{"text": "' + CANARY.encode()) as slow:
        for _ in range(3):
            for connection in slow:
                connection.sendall(b"x")
            assert survives.answers()


def test_a_body_that_never_ends_is_told_so_and_let_go(survives: Server) -> None:
    head = b"POST /v1/match HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: 5000\r\n\r\n"
    with connected(survives, 1, head + b'{"text": "' + CANARY.encode()) as (one,):
        one.settimeout(30)
        assert status(one.recv(4096)) == 408
        assert closed(one, 10)


def test_a_client_that_reads_nothing_holds_nobody_up(survives: Server) -> None:
    asked = (b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n") * 200
    with connected(survives, 20, asked):
        assert survives.answers()


@pytest.mark.parametrize(
    "flood",
    [
        b"".join(b"X-%d: %s\r\n" % (n, CANARY.encode()) for n in range(20_000)),
        b"X-Long: " + CANARY.encode() * 70_000 + b"\r\n",
        b"X-Folded: a\r\n" + b" a\r\n" * 100_000,
        b"Cookie: " + b"a=b; " * 200_000 + b"\r\n",
    ],
    ids=["many", "long", "folded", "cookies"],
)
def test_a_flood_of_headers_is_refused(survives: Server, flood: bytes) -> None:
    answer = survives.sent(b"GET /readyz HTTP/1.1\r\n" + LAST + flood + b"\r\n")
    assert status(answer) in (400, 431, 0)  # 0: cut off before the answer was read


PATHS = [
    "/../../etc/passwd", "/static/../../../etc/passwd", "/static/%2e%2e/%2e%2e/pyproject.toml",
    "/static/..%2f..%2fpyproject.toml", "/static/%5c..%5c..%5cpyproject.toml",
    "/static//etc/passwd",
    "/static/%c0%ae%c0%ae/pyproject.toml", "/static/%00", "/static/page.css%00.html",
    "/static/" + "a/" * 2000, "/static/" + CANARY * 500, "//v1//match", "/%2e%2e/%2e%2e/etc/passwd",
    "/v1/therapists/..%2f..%2fetc%2fpasswd", "/v1/therapists/%00", "/v1/therapists/%ff%fe",
    "/v1/therapists/%ed%a0%80", "/v1/therapists/%", "/v1/therapists/%zz",
    f"/v1/therapists/{CANARY}",
    "/v1/therapists/" + CANARY * 500, "/v1/approaches/../../../etc/passwd", "/docs/..;/..;/",
    "/v1/approaches/%0d%0aSet-Cookie:%20a=b", "http://elsewhere.example/readyz",
    "https://127.0.0.1/../etc/passwd", "*", f"/?text={CANARY}", f"/readyz#{CANARY}",
    f"/v1/therapists/x/similar?limit={CANARY}", "/v1/therapists/x/similar?limit=" + "9" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_paths_lead_nowhere_else(survives: Server, path: str) -> None:
    answer = survives.sent(f"GET {path} HTTP/1.1\r\n".encode() + LAST + b"\r\n")
    assert meant(status(answer))
    assert b"root:" not in answer
    assert b"[build-system]" not in answer
    assert b"\r\nset-cookie" not in answer.lower()


def posted(*headers: bytes, body: bytes = TEXT, version: bytes = b"1.1") -> bytes:
    return (
        b"POST /v1/match HTTP/%s\r\n" % version + LAST + JSON + b"".join(headers) + b"\r\n" + body
    )


LENGTH = b"Content-Length: %d\r\n" % len(TEXT)
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(TEXT), TEXT)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
TRICKS: dict[str, tuple[bytes, tuple[int, ...]]] = {
    "two lengths": (posted(LENGTH, b"Content-Length: 3\r\n"), (400,)),
    "one length twice": (posted(LENGTH, LENGTH), (200, 400)),
    "a list of lengths": (posted(b"Content-Length: 5, 6\r\n"), (400,)),
    "a negative length": (posted(b"Content-Length: -5\r\n"), (400,)),
    "a length with a sign": (posted(b"Content-Length: +24\r\n"), (400,)),
    "a length without end": (posted(b"Content-Length: " + b"9" * 30 + b"\r\n"), (400, 413)),
    "chunks and a length": (posted(LENGTH, CHUNKED, body=CHUNKS), (200, 400)),
    "chunks of chunks": (posted(CHUNKED, CHUNKED, body=CHUNKS), (400, 501)),
    "another encoding": (posted(b"Transfer-Encoding: xchunked\r\n", body=CHUNKS), (400, 501)),
    "gzip, chunked": (posted(b"Transfer-Encoding: gzip, chunked\r\n", body=CHUNKS), (400, 501)),
    "chunks that are none": (posted(CHUNKED, body=b"zz\r\n" + CANARY.encode()), (400,)),
    "a chunk without end": (posted(CHUNKED, body=b"F" * 40 + b"\r\n"), (400,)),
    "a space in a name": (posted(LENGTH, b"X : a\r\n"), (400,)),
    "no host": (b"GET /readyz HTTP/1.1\r\n\r\n", (400,)),
    "two hosts": (b"GET /readyz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", (400,)),
    "HTTP/1.0": (b"GET /readyz HTTP/1.0\r\n\r\n", (200,)),
    "HTTP/1.0 with a body": (posted(LENGTH, version=b"1.0"), (200,)),
    "HTTP/0.9": (b"GET /readyz\r\n\r\n", (400,)),
    "HTTP/9.9": (b"GET /readyz HTTP/9.9\r\n" + LAST + b"\r\n", (200, 400, 505)),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 404, 505)),
    "TLS": (b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"\0" * 500, (400,)),
    "zeros": (b"\0" * 2000, (400,)),
    "a line without end": (b"GET /" + CANARY.encode() * 70_000, (400, 0)),
    "no such method": (b"BREW /readyz HTTP/1.1\r\n" + LAST + b"\r\n", (405, 501)),
    "TRACE": (b"TRACE / HTTP/1.1\r\n" + LAST + b"X: %s\r\n\r\n" % CANARY.encode(), (405, 501)),
    "CONNECT": (b"CONNECT x:443 HTTP/1.1\r\n" + LAST + b"\r\n", (400, 404, 405)),
    "a method without end": (b"A" * 3000 + b" / HTTP/1.1\r\n" + LAST + b"\r\n", (400, 405)),
    "a promise kept": (posted(LENGTH, b"Expect: 100-continue\r\n"), (100,)),
    "a promise of tea": (posted(LENGTH, b"Expect: tea\r\n"), (200, 417)),
    "a websocket": (
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n",
        (200, 400, 426),
    ),
    "another character set": (
        posted(LENGTH, b"Content-Type: application/json; charset=%s\r\n" % CANARY.encode()),
        (200, 400, 415, 422),
    ),
    "bytes for a type": (posted(LENGTH, b"Content-Type: \xff\xfe\r\n"), (200, 400, 415, 422)),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "codes"), TRICKS.values(), ids=TRICKS.keys())
def test_odd_http_is_answered_or_refused(
    survives: Server, sent: bytes, codes: tuple[int, ...]
) -> None:
    answer = survives.sent(sent)
    assert status(answer) in codes
    assert CANARY.encode() not in answer
    if status(answer) == 400:
        assert b"application/problem+json" in answer


def test_a_body_that_breaks_off_after_its_refusal_ends_the_connection(survives: Server) -> None:
    large = b"%x\r\n%s\r\n" % (300_000, b"x" * 300_000)
    answer = survives.sent(posted(CHUNKED, body=large + b"zz\r\n"))
    assert status(answer) in (413, 400, 0)


def test_requests_in_a_row_are_answered_in_a_row(survives: Server) -> None:
    many = (b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n") * 100
    answer = survives.sent(many + b"GET /readyz HTTP/1.1\r\n" + LAST + b"\r\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 101
    assert answer.index(b'"ready"') > answer.rindex(b'"up"')


def test_who_goes_away_at_once_is_no_fault(survives: Server) -> None:
    for _ in range(50):
        with connected(survives, 1, posted(LENGTH)):
            pass
    assert httpx2.get(f"{survives.address}/healthz", timeout=10).is_success
