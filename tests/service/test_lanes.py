"""A short text never waits behind long ones."""

import asyncio
from threading import Event

from anyio import CapacityLimiter
from fastapi.testclient import TestClient

from service.lanes import LONG, Lanes

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
    assert [Lanes(cores).short.total_tokens for cores in (1, 2, 8)] == [2, 2, 8]


def test_texts_of_the_api_and_of_the_page_take_their_lane(client: TestClient) -> None:
    taken: list[str] = []

    class Watched(Lanes):
        def of(self, text: str) -> CapacityLimiter:
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
