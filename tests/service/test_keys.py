"""API keys: made, listed, revoked; and what is in their file, however it came to be."""

import hashlib
import json
import logging
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from index.errors import BadInput
from service import keys
from service.cli import matcher
from service.keys import Keys, Unreadable


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(matcher, ["keys", *map(str, words)])


def test_a_token_is_long_readable_and_kept_only_as_its_hash(file: Path) -> None:
    key, token = keys.add(file, "the site", ["match"])
    assert token.startswith(f"mk_{key.id}_")
    assert len(token) == len("mk_12345678_") + 43  # 32 random bytes
    assert token not in file.read_text()
    assert hashlib.sha256(token.encode()).hexdigest() in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key.sha256 not in repr(key) + str(key)
    assert [path.name for path in file.parent.iterdir()] == ["keys.json"]


def test_the_holder_of_a_token_is_told_from_everybody_else(file: Path) -> None:
    site, token = keys.add(file, "the site", ["match"])
    boss, other = keys.add(file, "boss", ["admin"])
    known = Keys(file)
    assert (known.holder(token), known.holder(other)) == (site, boss)
    assert (site.may("match"), site.may("admin")) == (True, False)
    assert (boss.may("match"), boss.may("admin")) == (True, True)
    digest = hashlib.sha256(token.encode()).hexdigest()
    for wrong in ("", token[:-1], token + "x", token.upper(), site.id, digest, "ü😀", "x" * 10**6):
        assert known.holder(wrong) is None


def test_what_is_added_and_revoked_is_noticed_at_once(file: Path) -> None:
    known = Keys(file)
    assert len(known) == 0
    key, token = keys.add(file, "the site", ["match"])
    assert known.holder(token) == key
    _, other = keys.add(file, "another", ["match"])
    assert keys.revoke(file, "the site") == key
    assert known.holder(token) is None
    assert known.holder(other) is not None
    keys.revoke(file, "another")
    assert len(known) == 0


BROKEN = [
    "",
    "{}",
    "[",
    "null",
    '[{"id": "12345678", "name": "x", "scopes": ["match"], "made": "2026-11-02"}]',
    '[{"id": "12345678", "name": "x", "scopes": ["root"], "made": "2026-11-02", "sha256": "%s"}]',
    '[{"id": "12345678", "name": "x", "scopes": [], "made": "2026-11-02", "sha256": "%s"}]',
    '[{"id": "1", "name": "x", "scopes": ["match"], "made": "2026-11-02", "sha256": "%s"}]',
    '[{"id": "12345678", "name": "x", "scopes": ["match"], "made": "2026-11-02", "sha256": "ab"}]',
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_file_that_is_none_of_ours_lets_nobody_in(
    content: str, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _, token = keys.add(file, "the site", ["match"])
    known, good = Keys(file), file.read_bytes()
    assert known.holder(token)
    file.write_text(content.replace("%s", "ab" * 32))
    for _ in range(3):
        with pytest.raises(Unreadable, match="is no file of keys"):
            known.holder(token)
    assert len(caplog.records) == 1, "said once, not at every request"
    assert "nobody is let in" in caplog.text
    assert "ab" * 32 not in caplog.text
    with pytest.raises(Unreadable):
        keys.add(file, "more", ["match"])
    file.write_bytes(good)
    assert known.holder(token)


def test_a_file_that_others_can_write_to_lets_nobody_in(file: Path) -> None:
    _, token = keys.add(file, "the site", ["match"])
    known = Keys(file)
    file.chmod(0o644)
    assert known.holder(token), "what others can read there is of no use to them"
    for mode in (0o620, 0o602, 0o666):
        file.chmod(mode)
        with pytest.raises(Unreadable, match="chmod 600"):
            known.holder(token)
    file.chmod(0o600)
    assert known.holder(token)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_anothers_making_lets_nobody_in(file: Path) -> None:
    _, token = keys.add(file, "the site", ["match"])
    os.chown(file, 12345, 12345)
    with pytest.raises(Unreadable, match="others can write"):
        Keys(file).holder(token)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_root_adds_can_be_read_by_whom_the_folder_is_of(file: Path) -> None:
    os.chown(file.parent, 12345, 12345)
    keys.add(file, "the site", ["match"])
    keys.add(file, "another", ["match"])
    assert (file.stat().st_uid, file.stat().st_gid) == (12345, 12345)


def test_a_file_that_is_gone_lets_nobody_in(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    _, token = keys.add(file, "the site", ["match"])
    known, good = Keys(file), file.read_bytes()
    assert known.holder(token)
    file.unlink()
    with pytest.raises(Unreadable, match="is gone"):
        len(known)
    assert "is gone" in caplog.text
    file.write_bytes(good)
    assert known.holder(token)


def test_a_folder_in_place_of_the_file_lets_nobody_in(file: Path) -> None:
    file.mkdir()
    with pytest.raises(Unreadable, match="can't be read"):
        len(Keys(file))


def test_many_at_once_lose_no_key(file: Path) -> None:
    names = [f"site {number}" for number in range(20)]
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda name: keys.add(file, name, ["match"]), names))
    assert sorted(key.name for key in Keys(file).all()) == sorted(names)


def test_a_full_disk_leaves_the_file_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.add(file, "the site", ["match"])
    before = file.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keys.add(file, "another", ["match"])
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("name", ["", " ", " site", "a\nb", "a\x1b[31m", "x" * 65])
def test_a_name_is_one_that_can_be_printed(name: str, file: Path) -> None:
    with pytest.raises(BadInput, match="printable"):
        keys.add(file, name, ["match"])
    assert not file.exists()


def test_the_command_prints_the_token_once_and_nothing_else_on_standard_output(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    added = run("add", "the site", "--index", tmp_path)
    token = added.stdout.strip()
    assert Keys(tmp_path / "keys.json").holder(token)
    assert "isn't shown again" in added.stderr
    assert token not in added.stderr + caplog.text
    for listed in (run("list", "--index", tmp_path), run("list", "--index", tmp_path, "--json")):
        assert "the site" in listed.output
        assert "match" in listed.output
        assert token[12:] not in listed.output
        assert hashlib.sha256(token.encode()).hexdigest() not in listed.output


def test_programs_can_add_and_list(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.json"
    added = json.loads(run("add", "boss", "--scope", "admin", "--keys", file, "--json").stdout)
    [listed] = json.loads(run("list", "--keys", file, "--json").stdout)
    assert added == {**listed, "token": added["token"]}
    assert (listed["name"], listed["scopes"]) == ("boss", ["admin"])


def test_a_key_is_revoked_by_its_name_or_its_id(tmp_path: Path) -> None:
    for name in ("one", "two"):
        run("add", name, "--index", tmp_path)
    one, two = Keys(tmp_path / "keys.json").all()
    assert f"one ({one.id}) is revoked" in run("revoke", "one", "--index", tmp_path).output
    last = run("revoke", two.id, "--index", tmp_path)
    assert "lets everybody match" in last.output
    assert "There are no keys." in run("list", "--index", tmp_path).output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["revoke", "nobody"], "no key has this name"),
        (["add", "twice"], "there is a key of this name"),
        (["add", "x", "--scope", "root"], "'match', 'admin'"),
        (["add"], "Missing argument"),
    ],
)
def test_wrong_use_is_told_with_2(words: list[str], told: str, tmp_path: Path) -> None:
    run("add", "twice", "--index", tmp_path)
    result = run(*words, "--index", tmp_path)
    assert (result.exit_code, told in result.output) == (2, True), result.output


def test_keys_for_an_index_that_is_not_there_are_refused(tmp_path: Path) -> None:
    result = run("add", "site", "--index", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "build an index there first" in result.output


@pytest.mark.parametrize("command", ["add", "list", "revoke"])
def test_each_command_has_help_with_an_example(command: str) -> None:
    shown = " ".join(run(command, "--help").output.split())
    assert f"Example: matcher keys {command}" in shown
