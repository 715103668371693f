"""Clients that ask a service one text after the other, and note how each request went."""

import http.client
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from time import perf_counter_ns, sleep
from urllib.parse import urlsplit

PATIENCE = 30.0  # seconds for an answer
PROBES = 0.02  # seconds between two looks at which version answers
FAILURES = OSError, http.client.HTTPException, ValueError, LookupError


@dataclass(frozen=True)
class Asked:
    """A request: when it began and what it took, in ns; the version that answered, None where it
    failed.
    """

    begun: int
    took: int
    version: str | None


@dataclass
class Seen:
    """What all clients together have met so far."""

    answers: list[Asked] = field(default_factory=list)
    probes: list[Asked] = field(default_factory=list)


@contextmanager
def asking(url: str, bodies: Sequence[str], clients: int) -> Iterator[Seen]:
    """Have so many clients ask, each its next text when the last one is answered.

    One more asks which version answers, every time over a connection of its own, so that each
    worker is met again and again.
    """
    seen, done = Seen(), threading.Event()
    place = urlsplit(url)
    address = f"{place.hostname}:{place.port}"
    threads = [
        threading.Thread(target=_ask, args=(address, place.path, list(own), seen.answers, done))
        for own in (islice(bodies, n, None, clients) for n in range(clients))
    ]
    threads.append(threading.Thread(target=_probe, args=(address, seen.probes, done)))
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _ask(
    address: str, path: str, bodies: list[str], kept: list[Asked], done: threading.Event
) -> None:
    connection = http.client.HTTPConnection(address, timeout=PATIENCE)
    for body in cycle(bodies):
        if done.is_set():
            break
        kept.append(_timed(connection, "POST", path, body))
    connection.close()


def _probe(address: str, kept: list[Asked], done: threading.Event) -> None:
    while not done.is_set():
        connection = http.client.HTTPConnection(address, timeout=PATIENCE)
        kept.append(_timed(connection, "GET", "/readyz"))
        connection.close()
        sleep(PROBES)


def _timed(
    connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None
) -> Asked:
    begun = perf_counter_ns()
    version = None
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status == 200:
            version = json.loads(text)["version"].partition("+")[0]
    except FAILURES:
        connection.close()
    return Asked(begun, perf_counter_ns() - begun, version)
