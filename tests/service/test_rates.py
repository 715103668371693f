"""How often a caller may ask, and what is remembered of them."""

import threading
import time

import pytest

from service.rates import Rates, Windows


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    return clock


def test_who_asks_too_often_waits_until_the_oldest_request_is_a_window_ago(clock: Clock) -> None:
    rates = Rates("2/minute")
    assert rates.wait("a") == 0
    clock.now += 20
    assert rates.wait("a") == 0
    clock.now += 10
    assert rates.wait("a") == 30
    assert rates.wait("b") == 0, "another caller has a window of their own"
    clock.now += 29.5
    assert rates.wait("a") == 1, "being turned away costs nothing"
    clock.now += 0.5
    assert rates.wait("a") == 0
    assert rates.wait("a") == 20


def test_a_batch_counts_its_texts_and_waits_until_there_is_room_for_all(clock: Clock) -> None:
    rates = Rates("10/minute")
    assert rates.wait("a", 6) == 0
    clock.now += 10
    assert rates.wait("a", 3) == 0
    assert rates.wait("a", 4) == 50
    assert rates.wait("a", 8) == 60
    assert rates.wait("a") == 0
    clock.now += 60
    assert rates.wait("a", 64) == 0, "what never fits goes through when nothing else does"
    assert rates.wait("a", 64) == 60


def test_what_is_remembered_of_callers_is_bounded(clock: Clock) -> None:
    windows = Windows(callers=100, requests=1000)
    for number in range(5000):
        assert windows.acquire_entry(f"caller {number}", 5, 60)
    assert len(windows.windows) == windows.remembered == 100
    for number in range(100):
        assert windows.acquire_entry(f"busy {number}", 50, 60, 50)
    assert windows.remembered == 1000 == sum(map(len, windows.windows.values()))
    assert not windows.acquire_entry("busy 99", 50, 60), "who asked last is not forgotten"


def test_nothing_goes_on_while_nobody_asks() -> None:
    before = threading.active_count()
    rates = Rates("60/minute")
    for number in range(1000):
        rates.wait(f"caller {number}")
    time.sleep(0.05)
    assert threading.active_count() <= before
