"""What Milvus is told to hold against groups admits those, and those alone, who qualify."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.filters import Terms, admitted
from index.milvus.groups import Groups
from index.rows import Ints, Mask
from index.versions import Store
from tests.index.made import CONDITIONS, PROPOSED_BY, Made, probes

GROUPS = 300
NOBODY = np.empty(0, dtype=np.int64)


@pytest.fixture(scope="module")
def made() -> Made:
    return Made.of(2, GROUPS)


@pytest.fixture(scope="module")
def groups(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Groups]:
    folder: Path = tmp_path_factory.mktemp("groups")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        version = made.publish(Store(f"milvus:{folder}/lite.db"), large=True)
        proposals = version.proposals(PROPOSED_BY)
        assert isinstance(proposals, Groups)
        yield proposals


def found(
    groups: Groups, mask: Mask, terms: Terms | None, holding: Ints | None = None
) -> list[int]:
    """Whom the server admits by itself."""
    where = groups.condition(mask, terms, holding) or "group >= 0"
    rows = groups.connection.ask(
        "query", groups.name, filter=where, output_fields=["group"], limit=GROUPS
    )
    return sorted(row["group"] for row in rows)


@pytest.mark.parametrize("listed", [0, GROUPS])
@pytest.mark.parametrize("changed", [NOBODY, np.arange(0, GROUPS, 7)], ids=["none", "some"])
@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_admits_whom_its_mask_admits(
    made: Made,
    groups: Groups,
    name: str,
    changed: Ints,
    listed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("index.milvus.groups.LISTED", listed)
    mask = admitted(made.columns, CONDITIONS[name])
    mask[changed] = ~mask[changed]
    mask[changed[:5]] = False  # who has left
    assert found(groups, mask, Terms(CONDITIONS[name], changed)) == np.flatnonzero(mask).tolist()
    spoken = next(probe for probe in probes(6) if probe.field == "words").vector
    holders, words = mask & made.words.holding(spoken), made.words.numbers(spoken)
    terms = Terms(CONDITIONS[name], changed)
    assert found(groups, holders, terms, words) == np.flatnonzero(holders).tolist()


def test_where_nothing_is_known_of_a_mask_it_is_told_by_itself(
    groups: Groups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.milvus.groups.LISTED", 0)
    mask = np.random.default_rng(1).random(GROUPS) < 0.5
    assert found(groups, mask, None) == np.flatnonzero(mask).tolist()
