"""The search against the plain numpy scan: the same ids, scores to 1e-5."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import BadInput
from index.fields import Density, Field, Marks, Values
from index.filters import TEXTS
from index.middles import Middles
from index.oracle import scan
from index.probes import Probe
from index.rows import Rows
from index.search import search
from index.words import Words

WIDTH = 8


def field(random: np.random.Generator, groups: int, most: int, distinct: int) -> Rows:
    """Rows drawn from few distinct vectors, so that equal scores are common."""
    sizes = random.integers(1, most + 1, groups)
    pool = random.standard_normal((distinct, WIDTH)).astype(np.float32)
    vectors = pool[random.integers(0, distinct, sizes.sum())]
    return Rows.of(vectors, np.repeat(np.arange(groups), sizes), {})


def marks(random: np.random.Generator, groups: int) -> Marks:
    borne = [random.choice(WIDTH, random.integers(0, WIDTH), False) for _ in range(groups)]
    lists = [[str(mark) for mark in its] for its in borne]
    return Marks(pa.chunked_array([pa.array(lists, TEXTS)]), tuple(map(str, range(WIDTH))))


def probes(random: np.random.Generator, parts: int) -> list[Probe]:
    vectors = random.standard_normal((parts + 1, WIDTH)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rest = [Probe("passages", v, 0.3 / parts) for v in vectors[1:]]
    spoken = np.unique(random.integers(0, 40, 6)).astype(np.uint64)
    dense = [Probe("sections", vectors[0], 0.5), Probe("words", spoken, 0.1)]
    numbers = [Probe("marks", vectors[0], 0.2), Probe("values", vectors[0, :1], 0.1)]
    return [*rest, *dense, *numbers, Probe("middles", vectors[0], 0.2)]


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    groups=st.integers(1, 400),
    distinct=st.sampled_from([1, 3, 50, 1000]),
    parts=st.integers(1, 4),
    share=st.sampled_from([0.0, 0.01, 0.1, 0.5, 1.0]),
    k=st.integers(1, 120),
)
def test_the_answer_is_that_of_a_plain_scan(
    seed: int, groups: int, distinct: int, parts: int, share: float, k: int
) -> None:
    random = np.random.default_rng(seed)
    fields: dict[str, Field] = {
        "sections": Density(field(random, groups, 3, distinct)),
        "passages": field(random, groups, 9, distinct),
        "words": Words.of(
            [np.unique(random.integers(0, 40, 2)).astype(np.uint64) for _ in range(groups)]
        ),
        "marks": marks(random, groups),
        "middles": Middles(field(random, groups, 3, distinct)),
        "values": Values(random.random(groups).astype(np.float32)),
    }
    asked = probes(random, parts)
    admitted = random.random(groups) < share
    found, truth = search(fields, asked, k, admitted), scan(fields, asked, groups, admitted)
    assert len(found.groups) == min(k, admitted.sum()) == len(set(found.groups.tolist()))
    assert admitted[found.groups].all()
    np.testing.assert_allclose(found.scores, truth.scores[:k], rtol=0, atol=1e-5)
    for place, group in enumerate(found.groups):
        # Where no other score is within rounding of this one, it has to be the same group.
        rivals = np.abs(truth.scores - truth.scores[place]) < 1e-5
        if rivals.sum() == 1:
            assert group == truth.groups[place]


def test_one_who_is_second_everywhere_is_found_behind_crowds_who_are_first_somewhere() -> None:
    ahead, aside = [1.0, 0.0], [0.0, 1.0]
    both = [0.9, (1 - 0.81) ** 0.5]
    one = np.array([ahead] * 200 + [aside] * 200 + [both], dtype=np.float32)
    other = np.array([aside] * 200 + [ahead] * 200 + [both], dtype=np.float32)
    groups = np.arange(401)
    fields = {"one": Rows.of(one, groups, {}), "other": Rows.of(other, groups, {})}
    query = np.array(ahead, dtype=np.float32)
    asked = [Probe("one", query, 0.5), Probe("other", query, 0.5)]
    found = search(fields, asked, 1, np.ones(401, dtype=np.bool_))
    assert found.groups.tolist() == [400]


def test_equal_scores_come_in_group_order() -> None:
    same = np.ones((500, WIDTH), dtype=np.float32)
    rows = Rows.of(same, np.arange(500), {})
    probe = Probe("only", rows.take(np.array([0]))[0], 1.0)
    found = search({"only": rows}, [probe], 5, np.ones(500, dtype=np.bool_))
    assert found.groups.tolist() == [0, 1, 2, 3, 4]


def test_a_group_with_many_near_rows_takes_one_place() -> None:
    crowd = np.tile(np.array([1, 0.01], dtype=np.float32), (300, 1))
    few = np.array([[1, 0.5], [1, 1]], dtype=np.float32)
    rows = Rows.of(np.vstack([crowd, few]), np.array([0] * 300 + [1, 2]), {})
    probe = Probe("only", np.array([1, 0], dtype=np.float32), 1.0)
    found = search({"only": rows}, [probe], 3, np.ones(3, dtype=np.bool_))
    assert found.groups.tolist() == [0, 1, 2]


def test_nobody_admitted_is_an_empty_answer() -> None:
    rows = Rows.of(np.ones((2, 2), dtype=np.float32), np.array([0, 1]), {})
    found = search(
        {"f": rows}, [Probe("f", rows.take(np.array([0]))[0], 1)], 3, np.zeros(2, dtype=np.bool_)
    )
    assert len(found.groups) == len(found.scores) == 0


def test_a_search_for_nothing_is_refused() -> None:
    rows = Rows.of(np.ones((1, 2), dtype=np.float32), np.array([0]), {})
    everyone = np.ones(1, dtype=np.bool_)
    with pytest.raises(BadInput):
        search({"f": rows}, [], 1, everyone)
    with pytest.raises(BadInput):
        search({"f": rows}, [Probe("f", rows.take(np.array([0]))[0], 1)], 0, everyone)
    with pytest.raises(BadInput):
        search({"f": rows}, [Probe("f", rows.take(np.array([0]))[0], -1)], 1, everyone)
