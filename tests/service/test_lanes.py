"""A short text never waits behind long ones, and nobody waits in vain."""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from starlette.requests import ClientDisconnect
from starlette.types import Message

from service.lanes import LONG, WAITING, Full, Lane, Lanes, Late
from service.metrics import Metrics
from service.settings import Settings
from service.visits import Visit, current
from tests.small import GRIEF

A_SHORT, A_LONG = "I can't sleep", "I can't sleep. " * 100


def test_a_short_text_is_answered_while_long_ones_are_at_work() -> None:
    assert len(A_SHORT) <= LONG < len(A_LONG)
    free = Event()
    begun: list[int] = []

    def slow(number: int) -> int:
        begun.append(number)
        assert free.wait(30)
        return number

    async def ask() -> None:
        lanes = Lanes(2)
        slow_ones = [
            asyncio.create_task(lanes.run(A_LONG, lambda n=n: slow(n)))  # type: ignore[misc]
            for n in range(8)
        ]
        while not begun:
            await asyncio.sleep(0.01)
        assert await lanes.run(A_SHORT, lambda: "answered") == "answered"
        assert begun == [0], "long ones go one by one"
        free.set()
        assert await asyncio.gather(*slow_ones) == list(range(8))

    asyncio.run(ask())


def test_no_more_texts_are_at_work_than_there_are_cores() -> None:
    assert [Lanes(cores).short.threads.total_tokens for cores in (1, 2, 8)] == [2, 2, 8]


def test_texts_of_the_api_and_of_the_page_take_their_lane(client: TestClient) -> None:
    taken: list[str] = []

    class Watched(Lanes):
        def of(self, text: str) -> Lane:
            taken.append(text)
            return super().of(text)

    state = client.app.state  # type: ignore[attr-defined]
    before, state.lanes = state.lanes, Watched()
    try:
        assert client.post("/v1/match", json={"text": A_LONG}).status_code == 200
        assert client.post("/", data={"text": A_SHORT}).status_code == 200
    finally:
        state.lanes = before
    assert taken == [A_LONG, A_SHORT]


class Held:
    """Answers that begin at once and end when they are let go."""

    def __init__(self) -> None:
        self.free, self.begun = Event(), 0

    def __call__(self) -> str:
        self.begun += 1
        assert self.free.wait(30)
        return "answered"


def test_who_is_turned_away_together_does_not_come_back_together() -> None:
    assert len({Full().retry_after for _ in range(100)}) > 1


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


def busy(lanes: Lanes, held: Held, number: int) -> list["asyncio.Task[str]"]:
    return [asyncio.create_task(lanes.run(A_SHORT, held)) for _ in range(number)]


async def freed(held: Held, asked: list["asyncio.Task[str]"]) -> None:
    held.free.set()
    assert set(await asyncio.gather(*asked)) == {"answered"}


def shed(metrics: Metrics, reason: str) -> float | None:
    return metrics._registry.get_sample_value("matcher_shed_total", {"reason": reason})


def test_as_many_as_may_be_are_in_flight_and_a_further_one_is_turned_away_at_once() -> None:
    async def ask() -> None:
        metrics, held = Metrics(), Held()
        lanes = Lanes(2, most=5, metrics=metrics)
        asked = busy(lanes, held, 5)
        await until(lambda: held.begun == 2)
        with pytest.raises(Full):
            await lanes.run(A_SHORT, held)
        with pytest.raises(Full):  # a long text takes no other places
            await lanes.run(A_LONG, held)
        assert (lanes.in_flight, shed(metrics, "full")) == (5, 2)
        await freed(held, asked)
        assert await lanes.run(A_SHORT, held) == "answered"
        assert lanes.in_flight == 0

    asyncio.run(ask())


def test_a_crowd_is_let_in_and_one_that_lasts_is_kept_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("service.lanes.CROWD", 0.2)

    async def ask() -> None:
        metrics = Metrics()
        lanes = Lanes(2, metrics=metrics)
        for again in (1, 2):
            held = Held()
            asked = busy(lanes, held, 64)
            await until(lambda: lanes.in_flight == 64)
            assert shed(metrics, "full") == again - 1
            await asyncio.sleep(0.3)
            # Ten have gone, so that there is room, and yet more wait than may for so long.
            for waiting in asked[-10:]:
                waiting.cancel()
            await until(lambda: lanes.in_flight == 54)
            with pytest.raises(Full):
                await lanes.run(A_SHORT, held)
            assert await lanes.run(A_LONG, lambda: "answered") == "answered", "a lane of its own"
            await freed(held, asked[:-10])
            assert await lanes.run(A_SHORT, held) == "answered"

    asyncio.run(ask())


def test_few_who_wait_are_never_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.lanes.CROWD", 0.05)

    async def ask() -> None:
        held = Held()
        lanes = Lanes(2)
        asked = busy(lanes, held, 2)
        await until(lambda: held.begun == 2)
        await asyncio.sleep(0.1)
        asked += busy(lanes, held, 2 * WAITING)
        await until(lambda: lanes.in_flight == len(asked))
        with pytest.raises(Full):
            await lanes.run(A_SHORT, held)
        await freed(held, asked)

    asyncio.run(ask())


def test_64_are_in_flight_unless_it_is_set_otherwise() -> None:
    assert Lanes().most == Settings(index=Path()).in_flight == 64
    assert Lanes().deadline == Settings(index=Path()).deadline


def test_what_waits_until_its_deadline_is_turned_away_and_never_begins() -> None:
    async def ask() -> None:
        metrics, held = Metrics(), Held()
        lanes = Lanes(2, metrics=metrics)
        asked = busy(lanes, held, 2)
        await until(lambda: held.begun == 2)
        lanes.deadline = 0.05
        with pytest.raises(Late):
            await lanes.run(A_SHORT, held)
        await until(lambda: lanes.in_flight == 2)
        await freed(held, asked)
        assert (held.begun, shed(metrics, "deadline")) == (2, 1)

    asyncio.run(ask())


def test_what_has_begun_keeps_its_place_past_its_deadline_until_it_ends() -> None:
    async def ask() -> None:
        held = Held()
        lanes = Lanes(2, most=1, deadline=0.05)
        with pytest.raises(Late):
            await lanes.run(A_SHORT, held)
        with pytest.raises(Full):
            await lanes.run(A_SHORT, held)
        assert lanes.short.threads.borrowed_tokens == 1
        held.free.set()
        await until(lambda: lanes.in_flight == 0)
        assert await lanes.run(A_SHORT, held) == "answered"

    asyncio.run(ask())


def test_the_deadline_counts_from_the_arrival() -> None:
    async def ask() -> None:
        visit = Visit("1", receive_nothing)
        visit.arrived -= 60
        current.set(visit)
        with pytest.raises(Late):
            await Lanes(deadline=59).run(A_SHORT, lambda: time.sleep(0.1))

    asyncio.run(ask())


def test_a_client_that_goes_away_while_it_waits_is_dropped_and_its_work_never_begins() -> None:
    async def ask() -> None:
        metrics, held, left = Metrics(), Held(), asyncio.Event()
        lanes = Lanes(2, metrics=metrics)
        asked = busy(lanes, held, 2)
        await until(lambda: held.begun == 2)

        async def receive() -> Message:
            await left.wait()
            return {"type": "http.disconnect"}

        async def impatient() -> None:
            current.set(Visit("1", receive))
            with pytest.raises(ClientDisconnect):
                await lanes.run(A_SHORT, held)

        waiting = asyncio.create_task(impatient())
        await until(lambda: lanes.in_flight == 3)
        left.set()
        await waiting
        await until(lambda: lanes.in_flight == 2)
        await freed(held, asked)
        assert (held.begun, shed(metrics, "gone")) == (2, 1)

    asyncio.run(ask())


def test_before_the_end_nothing_waits_any_longer() -> None:
    async def ask() -> None:
        held = Held()
        lanes = Lanes(2, deadline=600)
        asked = busy(lanes, held, 3)
        await until(lambda: held.begun == 2)
        lanes.close(0.05)
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(one) for one in told] == [Late] * 3
        held.free.set()
        await until(lambda: lanes.in_flight == 0)

    asyncio.run(ask())


def test_an_error_that_nobody_waits_for_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    async def ask() -> None:
        held = Held()

        def fail() -> None:
            held()
            raise ValueError("zanzibar-teapot")

        lanes = Lanes(deadline=0.05)
        with pytest.raises(Late):
            await lanes.run(A_SHORT, fail)
        held.free.set()
        await until(lambda: lanes.in_flight == 0)
        gc.collect()

    asyncio.run(ask())
    assert not caplog.text


async def receive_nothing() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.fixture
def full(client: TestClient) -> Iterator[TestClient]:
    """A server that has no place left."""
    state = client.app.state  # type: ignore[attr-defined]
    state.lanes.most = 0
    yield client
    state.lanes.most = 64


SOON = {"1", "2", "3", "4"}
DANGER = "I want to kill myself & nobody knows"


def test_the_api_says_503_and_when_to_come_again_and_whom_to_call(full: TestClient) -> None:
    answer = full.post("/v1/match", json={"text": DANGER})
    assert (answer.status_code, answer.headers["Retry-After"] in SOON) == (503, True)
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["title"] == "Service Unavailable"
    assert told["crisis"]["kind"] == "suicide"
    assert "too many requests are in flight" in told["detail"]
    assert DANGER not in answer.text
    assert "crisis" not in full.post("/v1/match", json={"text": A_SHORT}).json()


def test_other_routes_that_search_say_503_too(full: TestClient) -> None:
    asked = [full.post("/v1/counts", json={}), full.get(f"/v1/therapists/{GRIEF}/similar")]
    assert [(a.status_code, a.headers["Retry-After"] in SOON) for a in asked] == [(503, True)] * 2


def test_what_needs_no_search_is_answered_all_the_same(full: TestClient) -> None:
    paths = ("/", "/healthz", "/readyz", "/metrics", f"/v1/therapists/{GRIEF}")
    assert [full.get(path).status_code for path in paths] == [200] * 5


def test_the_page_keeps_what_was_typed_and_chosen_and_says_whom_to_call(full: TestClient) -> None:
    chosen = {"state": "WA", "telehealth": "yes", "like": GRIEF, "max_fee": "9"}
    answer = full.post("/", data={"text": DANGER, **chosen})
    assert (answer.status_code, answer.headers["Retry-After"] in SOON) == (503, True)
    assert answer.headers["cache-control"] == "no-store"
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one("textarea").text.strip() == DANGER  # type: ignore[union-attr]
    sent = {field["name"]: field["value"] for field in page.select("input[type=hidden]")}
    assert sent.items() >= chosen.items()
    assert "988" in page.select_one(".crisis").text  # type: ignore[union-attr]
    assert "Many people are asking" in page.select_one("#error").text  # type: ignore[union-attr]
    assert page.select_one("#narrow")  # the script looks for it
