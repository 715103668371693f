from pathlib import Path

import numpy as np
import pytest

from index.vectors import Floats, unit
from matcher import Matcher
from matcher.bridge import Bridge, Reader

WIDTH = 16
RANDOM = np.random.default_rng(3)
# Two issues, an axis each; what lines of one issue differ in lies on a third axis.
ISSUE = np.arange(40) % 2
LINES = np.zeros((40, WIDTH), dtype=np.float32)
LINES[np.arange(40), ISSUE] = 1
LINES[:, 2] = RANDOM.standard_normal(40)
LINES = unit(LINES + 0.05 * RANDOM.standard_normal(LINES.shape).astype(np.float32), WIDTH)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.fit(LINES, ISSUE)


def test_a_text_is_placed_at_its_issue_whatever_else_it_holds(reader: Reader) -> None:
    texts = np.zeros((2, WIDTH), dtype=np.float32)
    texts[0, [0, 2]] = 0.5, 3
    texts[1, [1, 2]] = 0.5, 3
    likely = reader.likelihoods(unit(texts, WIDTH))
    assert likely.argmax(axis=1).tolist() == [0, 1]
    np.testing.assert_allclose(likely.sum(axis=1), 1, rtol=1e-6)


def test_the_same_lines_give_the_same_reader(reader: Reader) -> None:
    np.testing.assert_array_equal(Reader.fit(LINES.copy(), ISSUE).weights, reader.weights)


def test_a_profile_holds_all_statements_and_is_no_larger_for_saying_things_twice(
    reader: Reader,
) -> None:
    bridge = Bridge(reader, reader)
    one, other = LINES[ISSUE == 0][:1], LINES[ISSUE == 1][:1]
    statements = np.concatenate([one, other, one, one, one, other, one, other])
    profiles = bridge.profiles(statements, np.array([0, 1, 2, 4, 6]))
    np.testing.assert_allclose(np.linalg.norm(profiles, axis=1), 1, rtol=1e-6)
    first, second, twice, both, doubled = profiles
    np.testing.assert_allclose(first, twice, atol=1e-6)
    assert both[0] == pytest.approx(both[1], abs=0.1)
    assert first[0] > both[0] > second[0]
    np.testing.assert_allclose(both, doubled, atol=1e-6)


def test_what_was_saved_is_read_again(reader: Reader, tmp_path: Path) -> None:
    bridge = Bridge(reader, Reader(-reader.weights))
    bridge.save(tmp_path)
    again = Bridge.load(tmp_path)
    np.testing.assert_array_equal(again.clients.weights, bridge.clients.weights)
    np.testing.assert_array_equal(again.therapists.weights, bridge.therapists.weights)


def likely(small: Matcher, reader: Reader, text: str) -> list[str]:
    vectors: Floats = small.contents.encoder.encode(text)[None, :]
    order = np.argsort(-reader.likelihoods(vectors)[0, :-1])
    return [list(small.contents.taxonomy.issues)[number] for number in order[:3]]


@pytest.mark.parametrize(
    ("client", "therapist", "issue"),
    [
        (
            "he counts the minutes when I go shopping and I have to hand him my wages",
            "I work with survivors of coercive partners on safety and on trusting themselves.",
            "domestic-violence",
        ),
        (
            "I always feel like the ugly stupid one and that nobody could want me around",
            "Clients learn to meet their inner critic and to build a steadier sense of worth.",
            "self-esteem",
        ),
        (
            "my manager humiliates me in meetings and I dread going in",
            "I support people through conflict, pressure and bullying on the job.",
            "work-stress",
        ),
    ],
)
def test_both_voices_meet_at_an_issue_though_they_share_no_words(
    small: Matcher, client: str, therapist: str, issue: str
) -> None:
    bridge = small.contents.bridge
    assert issue in likely(small, bridge.clients, client)
    assert issue in likely(small, bridge.therapists, therapist)
