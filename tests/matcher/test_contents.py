"""What a version shares with the one beside it, and what it must not."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.errors import Damaged
from index.versions import Store, Version
from matcher import Matcher
from matcher.build import build
from matcher.contents import Contents
from tests.small import LOOSE, THERAPISTS, write_directory


def another(index: Path, tmp_path: Path) -> Version:
    """A version of fewer therapists, made after the index's own."""
    build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:3]), index, LOOSE)
    return Store(index).open()


def with_fingerprint(version: Version, fingerprint: str) -> Version:
    manifest: dict[str, Any] = json.loads(json.dumps(version.manifest))
    manifest["encoder"]["fingerprint"] = fingerprint
    return replace(version, manifest=manifest)


def test_what_did_not_change_is_there_once(index: Path, tmp_path: Path) -> None:
    old = Contents.load(Store(index).open())
    new = Contents.load(another(index, tmp_path), beside=old)
    for name in ("encoder", "alarm", "bridge", "topics", "taxonomy", "zips"):
        assert getattr(new, name) is getattr(old, name), name
    assert len(new) == 3
    assert len(old) == 5


def test_it_answers_as_if_nothing_were_shared(index: Path, tmp_path: Path) -> None:
    old = Matcher.open(index)
    another(index, tmp_path)
    shared, alone = Matcher.open(index, beside=old), Matcher.open(index)
    assert shared.match("I can't sleep").body() == alone.match("I can't sleep").body()


def test_what_changed_is_not_shared(index: Path, tmp_path: Path) -> None:
    old = Contents.load(Store(index).open())
    version = another(index, tmp_path)
    manifest: dict[str, Any] = json.loads(json.dumps(version.manifest))
    for name in ("encoder/tokenizer.json", "taxonomy.json"):
        manifest["files"][name]["sha256"] = "0" * 64
    new = Contents.load(replace(version, manifest=manifest), beside=old)
    assert new.encoder is not old.encoder
    assert new.taxonomy is not old.taxonomy
    assert new.zips is old.zips


@pytest.mark.parametrize("shared", [False, True])
def test_another_encoder_than_the_versions_own_is_refused(index: Path, shared: bool) -> None:
    version = Store(index).open()
    beside = Contents.load(version) if shared else None
    with pytest.raises(Damaged, match="another encoder than the one that made it"):
        Contents.load(with_fingerprint(version, "0" * 64), beside)
