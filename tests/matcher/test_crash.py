"""Builds killed at random instants: what is live opens, answers and is what it was."""

import json
import multiprocessing
import os
import random
from pathlib import Path

from index.versions import Store
from matcher import Matcher
from matcher.build import build
from tests.small import LOOSE, THERAPISTS, write_directory

KILLS = int(os.environ.get("MATCHER_TEST_KILLS", "30"))  # 300 and more by hand
LONGEST = 1.0  # seconds; a build of this size takes about as long


def test_a_kill_at_any_instant_leaves_a_sound_version_live(index: Path, tmp_path: Path) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["matcher.build", "tests.small"])
    chance = random.Random(20261122)
    twelve = [
        record | {"id": f"{record['id']}-{n}", "name": f"{record['name']} {n}"}
        for n in range(3)
        for record in THERAPISTS[:4]
    ]
    store, known = Store(index), set[str]()
    for kill in range(KILLS):
        twelve[0] = twelve[0] | {"title": f"Psychologist {kill}"}
        path = write_directory(tmp_path / "d.jsonl", twelve)
        known.add(store.current())
        builder = processes.Process(target=build, args=(path, index, LOOSE))
        builder.start()
        builder.join(chance.uniform(0, LONGEST))
        builder.kill()
        builder.join()
        live, trouble = store.sound()
        assert trouble == ""
        assert live.id == store.current()
    # Some of these builds were killed, some got through; all who got through are in the history.
    told = {entry.version for entry in store.history.entries()}
    assert store.current() in told
    assert Matcher.open(index).match("I can't sleep").matches
    # The next build sweeps what was left half-made.
    report = build(write_directory(tmp_path / "d.jsonl", twelve[:11]), index, LOOSE)
    assert report.published
    left = [p.name for p in store.versions.iterdir() if p.name not in store.ids()]
    assert left == []
    assert json.loads((index / "history.jsonl").read_text().splitlines()[-1])["by"] == "build"
