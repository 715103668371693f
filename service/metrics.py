"""What is counted and timed, for Prometheus. No label holds anything that a client sent."""

import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from index.errors import Away
from matcher.results import Result
from matcher.safety import Crisis
from service.live import Live

SHARED = "PROMETHEUS_MULTIPROC_DIR"  # the folder in which several workers add up their figures
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The figures of this process; of all workers together where they share a folder."""

    def __init__(self) -> None:
        self._folder = os.environ.get(SHARED)
        if self._folder:
            number, self._lock = _place(Path(self._folder))
            shared = values.MultiProcessValue(lambda: number)  # type: ignore[no-untyped-call]
            values.ValueClass = shared
        self._registry = mine = CollectorRegistry()
        self._requests = Counter(
            "matcher_requests", "Requests.", ("route", "method", "status"), registry=mine
        )
        self._seconds = Histogram(
            "matcher_request_seconds",
            "From a request being here as a whole to the end of its answer.",
            ("route",),
            registry=mine,
            buckets=SECONDS,
        )
        self._stages = Histogram(
            "matcher_stage_seconds",
            "Waiting for a lane, answering in it, and of that encoding and searching.",
            ("stage",),
            registry=mine,
            buckets=SECONDS,
        )
        self._in_flight = Gauge(
            "matcher_in_flight",
            "Texts at work or waiting.",
            registry=mine,
            multiprocess_mode="livesum",
        )
        self._in_flight.set(0)  # of a worker that died, whose place this one took
        self._shed = Counter(
            "matcher_shed",
            "Texts not answered: full, deadline, gone.",
            ("reason",),
            registry=mine,
        )
        self._reloads = Counter(
            "matcher_reloads", "Versions moved to, or refused.", ("outcome",), registry=mine
        )
        for reason in ("full", "deadline", "gone"):
            self._shed.labels(reason)  # told from the start, so that a first one is seen as a rise
        for outcome in ("done", "refused"):
            self._reloads.labels(outcome)
        self._notices = Counter("matcher_crisis_notices", "Crisis notices given.", registry=mine)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def stage(self, name: str, seconds: float) -> None:
        """Time a part of an answer."""
        self._stages.labels(name).observe(seconds)

    def answered(self, result: Result) -> None:
        """Time the stages of a match, and count its crisis notice."""
        for name, seconds in result.seconds.items():
            self.stage(name, seconds)
        self.notice(result.crisis)

    def notice(self, given: Crisis | None) -> None:
        """Count a crisis notice, where one was given; of which kind is nobody's business."""
        if given:
            self._notices.inc()

    def in_flight(self, number: int) -> None:
        """How many texts are at work or waiting now."""
        self._in_flight.set(number)

    def shed(self, reason: str) -> None:
        """Count a text that was not answered."""
        self._shed.labels(reason).inc()

    def reload(self, outcome: str) -> None:
        """Count a version that was moved to ("done") or not ("refused")."""
        self._reloads.labels(outcome).inc()

    def text(self, live: Live) -> bytes:
        """All figures in the format Prometheus reads."""
        counted = self._registry
        if self._folder:
            counted = CollectorRegistry()
            MultiProcessCollector(counted, self._folder)  # type: ignore[no-untyped-call]
        served = CollectorRegistry()
        served.register(_Served(live))
        return generate_latest(counted) + generate_latest(served)


class _Served(Collector):
    """What is live, as the worker that is asked sees it: the others follow within two seconds."""

    def __init__(self, live: Live) -> None:
        self.live = live

    def collect(self) -> Iterator[Metric]:
        matcher = self.live.matcher
        version = matcher.version.id
        yield InfoMetricFamily("matcher_version", "The live version.", {"version": version})
        yield GaugeMetricFamily("matcher_therapists", "In the directory.", len(matcher.contents))
        try:
            entries = self.live.store.history.entries()
        except Away:  # all else has to be seen then more than ever
            entries = []
        published = [entry.published for entry in entries if entry.version == version]
        if published:
            age = datetime.now(UTC) - datetime.fromisoformat(published[-1])
            yield GaugeMetricFamily(
                "matcher_version_age_seconds",
                "Since the live version was published.",
                age.total_seconds(),
            )


def _place(folder: Path) -> tuple[int, int]:
    """The first free number among the workers, and the lock that holds it while this one lives.

    Whoever takes a dead worker's place goes on counting in its files, so that nothing counted is
    lost and however many die, the files grow no more.
    """
    number = 0
    while True:
        lock = os.open(folder / f"{number}.lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return number, lock
        except BlockingIOError:
            os.close(lock)
            number += 1
