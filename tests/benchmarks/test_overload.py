"""The overload benchmark: its section, and the whole of it on a tiny directory."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks import data, machine, raw
from benchmarks.overload import main, measure
from benchmarks.sections.overload import section
from tests.small import write_directory

MS = 1_000_000


def loaded(clients: int, accepted: int, shed: int, p99: int) -> dict[str, Any]:
    """A load of two seconds; times in milliseconds."""
    told = {"clients": clients, "seconds": 2.0, "accepted": accepted, "shed": shed}
    return told | {"p50": p99 * MS // 2, "p99": p99 * MS, "client": 0.1, "elsewhere": 0.25}


def written(folder: Path, many: int = 900) -> Path:
    """Two rounds; the second met a machine ten times slower."""
    for number, slow in ((1, 1), (2, 10)):
        for bound, p99, shed in ((8, 60, 50), (64, many, 0)):
            loads = [loaded(2, 40, 0, 20 * slow), loaded(64, 80, shed, p99 * slow)]
            told = {"in_flight": bound, "round": number, "loads": loads}
            raw.write(folder, f"overload-{bound}-{number}", told)
    kept = {"minutes": 10, "bytes": [200e6, 230e6, 210e6], "answered": 700, "shed": 30}
    raw.write(folder, "memory", kept)
    return folder


def test_the_section_holds_the_figures_of_the_raw_files(tmp_path: Path) -> None:
    text = "\n".join(section(written(tmp_path), tmp_path))
    assert "| 64 | 64 | 40.0 | 0.0 | 2475.0 ms | 4950.0 ms | 45.00 times |" in text
    assert "| 8 | 2 | 20.0 | 0.0 | 55.0 ms | 110.0 ms |  |" in text
    assert "| 8 | 64 | 40.0 | 25.0 | 165.0 ms | 330.0 ms | 3.00 times |" in text
    assert "The p99 stays within 5 times with 8 in flight." in text
    assert "Over 10 minutes of 64 clients (700 answered, 30 turned away)" in text
    assert "from 200 MB to 210 MB; at its most it was 230 MB" in text


def test_it_says_so_where_another_machine_was_measured(tmp_path: Path) -> None:
    machine_ = machine.describe()
    for case, cpu in (("machine", "One"), ("overload-machine", "One")):
        raw.write(tmp_path, case, machine_ | {"cpu": cpu})
    assert "another machine" not in "\n".join(section(written(tmp_path), tmp_path))
    raw.write(tmp_path, "overload-machine", machine_ | {"cpu": "Another"})
    assert "on another machine: " in "\n".join(section(tmp_path, tmp_path))
    assert "cores of Another" in "\n".join(section(tmp_path, tmp_path))


def test_it_says_so_where_no_bound_holds_the_promise(tmp_path: Path) -> None:
    written(tmp_path)
    for path in tmp_path.glob("overload-8-*.json"):
        path.unlink()
    assert "With none of these does" in "\n".join(section(tmp_path, tmp_path))


def test_without_data_it_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, [str(tmp_path)])
    assert result.exit_code == 1
    assert "python -m benchmarks.data" in result.output


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").is_file(), reason="reads Linux's /proc")
def test_a_server_is_asked_for_more_than_it_can_do(
    tmp_path: Path, prepare: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.overload.prepare", prepare)
    directory = write_directory(tmp_path / "directory.jsonl")
    data.write(tmp_path / "data", 3, questions=tmp_path / "none", directory=directory)
    measure(tmp_path, rounds=1, seconds=1, minutes=0.05, bounds=(64, 2))
    folder = tmp_path / "raw"
    found = sorted(path.name for path in folder.iterdir())
    assert found == [
        "facts.json", "machine.json", "memory.json", "overload-2-1.json", "overload-64-1.json",
        "overload-machine.json",
    ]  # fmt: skip
    few, many = json.loads((folder / "overload-2-1.json").read_text())["loads"]
    assert (few["clients"], few["shed"], many["clients"]) == (2, 0, 64)
    assert many["shed"] > 0, "64 clients where two may be in flight"
    assert many["accepted"] > 0
    assert len(list(section(folder, tmp_path))) == 5
