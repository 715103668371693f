"""The command line as an engineer and a shell script meet it."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import COMMANDS, matcher
from tests.small import GRIEF, THERAPISTS, write_directory

TEXT = "I can't sleep since my mother died"


def run(*words: str | Path, typed: bytes | None = None) -> Result:
    # Without an index of the environment's own, which `serve` would go on serving.
    runner = CliRunner(env={"MATCHER_INDEX": None})
    return runner.invoke(matcher, [str(word) for word in words], input=typed)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: matcher {command}" in " ".join(result.output.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_what_it_needs_is_wrong_use(command: str) -> None:
    assert run(command).exit_code == 2


def test_a_search_shows_who_answers_and_with_which_words(built: Path) -> None:
    result = run("search", TEXT, "--index", built, "-k", "1")
    assert result.exit_code == 0
    shown = " ".join(result.output.split())
    assert "1 of 5 therapists who qualify (5 in the directory)" in shown
    assert "Greta Holm · Psychologist · Seattle, WA · taking new clients" in shown
    assert f"You wrote: {TEXT}" in shown
    assert "https://directory.example/grief" in shown


def test_json_is_the_body_of_the_api(built: Path) -> None:
    from matcher import Matcher

    result = run("search", TEXT, "--index", built, "--state", "WA", "--json")
    assert json.loads(result.output) == Matcher.open(built).match(TEXT, {"state": "WA"}).body()


@pytest.mark.parametrize(
    ("options", "remain"),
    [
        (["--telehealth"], 3),
        (["--no-telehealth"], 1),
        (["--accepting", "--telehealth"], 2),
        (["--insurance", "Cigna", "--insurance", "nobody"], 1),
        (["--language", "spanish"], 1),
        (["--languages", "spanish"], 1),
        (["--approach", "cbt"], 1),
        (["--not-approach", "cbt"], 4),
        (["--max-fee", "120"], 2),
        (["--near", "98104", "--miles", "40"], 2),
        (["--state", "XX"], 0),
    ],
)
def test_options_are_the_filters(built: Path, options: list[str], remain: int) -> None:
    result = run("search", TEXT, "--index", built, "--json", *options)
    assert json.loads(result.output)["counts"] == {"directory": 5, "qualifying": remain}


def test_danger_is_met_first(built: Path) -> None:
    result = run("search", "I want to die", "--index", built)
    assert result.output.startswith("If you or someone else may be in danger")
    assert "call 988 or text 988" in result.output
    assert "5 of 5 therapists" in result.output


def test_a_text_can_come_from_standard_input(built: Path) -> None:
    result = run("search", "-", "--index", built, "--json", typed=f"{TEXT}\n".encode())
    assert json.loads(result.output)["matches"][0]["therapist"]["id"] == GRIEF


@pytest.mark.parametrize(
    ("words", "typed", "says"),
    [
        ([""], None, "the text is empty"),
        (["secret" * 1000], None, "6,000 characters"),
        (["secret\x07"], None, "control characters"),
        (["-"], b"secret \xff", "not UTF-8"),
        (["secret", "-k", "0"], None, "limit must be 1 to 100"),
        (["secret", "-k", "secret"], None, "the value of --limit is not usable"),
        (["secret", "--max-fee", "secret"], None, "the value of --max-fee is not usable"),
        (["secret", "--near", "98"], None, "filters.near.zip"),
        (["secret", "--max-fee", "-3"], None, "filters.max_fee"),
        (["secret", "--min-score", "nan"], None, "min_score must be a finite number"),
        (["secret", "--miles", "5"], None, "--near"),
        (["secret", "secret"], None, "put the text in quotes"),
        (["--secret"], None, "after -- where it begins with a dash"),
        (["- secret"], None, "after -- where it begins with a dash"),
    ],
)
def test_wrong_use_is_2_and_repeats_nothing(
    built: Path, words: list[str], typed: bytes | None, says: str
) -> None:
    result = run("search", *words, "--index", built, typed=typed)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "secret" not in result.output


def test_a_forgotten_command_repeats_nothing() -> None:
    result = run("secret words of mine")
    assert result.exit_code == 2
    assert "must be a command: import, check, build" in result.stderr
    assert "secret" not in result.output


def test_an_index_that_is_not_there_is_1_and_says_what_to_do(tmp_path: Path) -> None:
    for words in (["search", TEXT], ["show", "x"], ["serve"]):
        result = run(*words, "--index", tmp_path / "nothing")
        assert result.exit_code == 1
        assert "matcher build directory.jsonl" in result.stderr


def test_show_prints_a_record(built: Path) -> None:
    result = run("show", GRIEF, "--index", built)
    assert result.exit_code == 0
    assert "Greta Holm" in result.output
    assert "licensed_in: WA, OR" in result.output
    assert json.loads(run("show", GRIEF, "--index", built, "--json").output) == THERAPISTS[0]
    assert run("show", "nobody", "--index", built).exit_code == 1


def test_check_reports_each_problem_with_its_line(tmp_path: Path) -> None:
    path = write_directory(tmp_path / "d.jsonl", THERAPISTS[:2])
    assert run("check", path).exit_code == 0
    with path.open("a") as file:
        file.write('{"id": "x", "name": "X", "state": "ZZ"}\n{\n')
    result = run("check", path)
    assert result.exit_code == 1
    assert f"{path}:3: state: is unknown" in result.output
    assert f"{path}:3: statements: is required" in result.output
    assert f"{path}:4: line: is not JSON" in result.output
    assert "2 therapists with 3 statements can be taken, 2 lines can't" in result.output
    told = json.loads(run("check", path, "--json").output)
    assert (told["therapists"], told["skipped"], len(told["problems"])) == (2, 2, 3)


def test_build_says_what_it_did_and_that_nothing_changed(index: Path, tmp_path: Path) -> None:
    path = write_directory(tmp_path / "d.jsonl", THERAPISTS[:2])
    result = run("build", path, "--index", index, "--max-loss", "100")
    assert result.exit_code == 0
    assert "2 therapists, 3 statements, 5 passages; 0 lines skipped" in result.output
    assert result.output.startswith("published version")
    assert run("build", path, "--index", index).output.startswith("nothing changed")
    told = json.loads(run("build", path, "--index", index, "--json").output)
    assert (told["published"], told["therapists"], told["encoded"]) == (False, 2, 0)


def test_a_build_of_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    assert run("build", tmp_path / "no.jsonl", "--index", tmp_path / "i").exit_code == 2
    assert not (tmp_path / "i").exists()


def test_a_build_without_therapists_fails(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text("{}\n")
    result = run("build", tmp_path / "d.jsonl", "--index", tmp_path / "i")
    assert result.exit_code == 1
    assert "no therapist that can be taken" in result.stderr


def test_a_page_is_imported_checked_and_built(index: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(
        "Relational Therapy\n\nRelational therapy looks at how you are with others and how others "
        "are with you, and at what keeps going wrong between you and the people close to you.\n\n"
        "Find Your Match\n\nMeet the specialists\n\n"
        "I help people who say yes to everyone draw a line their family can live with.\n\n"
        "— Ana  Belmonte, PhD, Psychologist in Reno, NV\n"
    )
    out = tmp_path / "out.jsonl"
    result = run("import", page, "-o", out)
    assert result.exit_code == 0
    assert f"{page}:5: passed over" in result.stderr
    record = json.loads(out.read_text())
    assert (record["name"], record["credentials"]) == ("Ana Belmonte", ["PhD"])
    assert run("check", out).exit_code == 0
    own = tmp_path / "out.approaches.jsonl"
    assert (
        run("build", out, "--index", index, "--approaches", own, "--max-loss", "100").exit_code == 0
    )
    found = run("search", "I can't say no to my mother", "--index", index, "--json")
    (match,) = json.loads(found.output)["matches"]
    assert "say yes to everyone" in match["evidence"][0]["quote"]


def test_an_import_never_writes_over_what_it_reads(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("precious")
    for output in (page, tmp_path, "", "/dev/null"):
        assert run("import", page, "-o", output).exit_code == 2
    assert page.read_text() == "precious"


def test_an_empty_index_option_is_wrong_use() -> None:
    assert run("search", TEXT, "--index", "").exit_code == 2


def test_a_port_in_use_is_said_clearly(built: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("serve", "--index", built, "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "choose another with --host or --port" in result.stderr


def test_versions_are_listed_verified_compared_and_rolled_back(index: Path, tmp_path: Path) -> None:
    first = json.loads(run("versions", "--index", index, "--json").output)[0]["version"]
    path = write_directory(tmp_path / "d.jsonl", THERAPISTS[:2])
    assert run("build", path, "--index", index).exit_code == 1
    forced = run("build", path, "--index", index, "--force")
    assert forced.exit_code == 0
    assert "therapists: 3 of 5 therapists would be gone" in forced.stderr
    listed = json.loads(run("versions", "--index", index, "--json").output)
    second = listed[0]["version"]
    assert [(row["live"], row["parent"], row["forced"]) for row in listed] == [
        (True, first, ["therapists"]),
        (False, None, []),
    ]
    assert "live; forced over therapists" in run("versions", "--index", index).output
    (tmp_path / "q.jsonl").write_text(json.dumps({"id": "q1", "text": TEXT}))
    words: list[str | Path] = ["diff", first[:6], second[:6], "--index", index]
    shown = run(*words, "--queries", tmp_path / "q.jsonl").output
    assert re.search("therapists removed +3  couples, panic, teens", shown)
    assert "q1: by up to 0 places  went" in shown
    assert json.loads(run(*words, "--json").output)["removed"] == ["couples", "panic", "teens"]
    files = sum(path.is_file() for path in (index / "versions" / second).rglob("*"))
    assert f"version {second}: {files - 1} files" in run("verify", "--index", index).output
    assert run("rollback", "--index", index).output == f"version {first} is live\n"
    assert run("rollback", "--index", index).exit_code == 1
    broken = index / "versions" / second / "columns.arrow"
    broken.write_bytes(broken.read_bytes()[:-1])
    damaged = run("verify", "--version", second, "--index", index)
    assert damaged.exit_code == 1
    assert "columns.arrow" in damaged.stderr
    assert run("rollback", "--to", second, "--index", index).exit_code == 1
    assert run("search", TEXT, "--index", index).exit_code == 0


def test_set_and_remove_change_the_answer(index: Path) -> None:
    paused = run("set", GRIEF, "--accepting", "no", "--fee-min", "90", "--index", index)
    assert paused.output == "Greta Holm (grief): accepting no, fee_min 90.0\n"
    shown = json.loads(run("show", GRIEF, "--index", index, "--json").output)
    assert (shown["accepting"], shown["fee_min"]) == (False, 90)
    assert run("set", GRIEF, "--index", index).exit_code == 2
    assert run("set", "nobody", "--accepting", "no", "--index", index).exit_code == 2
    assert "is gone from every version" in run("remove", GRIEF, "--index", index).output
    assert run("show", GRIEF, "--index", index).exit_code == 1


def test_a_list_goes_on_where_a_page_ended(built: Path) -> None:
    options = ("--index", built, "-k", "3", "--json")
    one = json.loads(run("search", TEXT, *options).stdout)
    two = json.loads(run("search", TEXT, *options, "--page", one["next_page"]).stdout)
    assert (len(one["matches"]), len(two["matches"]), two["next_page"]) == (3, 2, None)
    wrong = run("search", TEXT, *options, "--page", "elsewhere")
    assert (wrong.exit_code, "elsewhere" in wrong.output) == (2, False)


def test_the_plan_can_be_seen(built: Path) -> None:
    result = run("search", TEXT, "--index", built, "--state", "WA", "--plan", "--json")
    assert "exact: " in result.stderr
    assert "all of 2 admitted groups scored" in result.stderr
    assert json.loads(result.stdout)["counts"]["qualifying"] == 2


def test_eval_shows_the_engine_beside_its_references(built: Path, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text(json.dumps({"id": "1", "text": TEXT, "topic": "g"}) + "\n")
    (tmp_path / "qrels.txt").write_text(f"1 0 {GRIEF} 2\n")
    words: list[str | Path] = ["eval", "--index", built]
    words += ["--queries", tmp_path / "q.jsonl", "--qrels", tmp_path / "qrels.txt"]
    shown = run(*words)
    assert shown.exit_code == 0
    assert re.search(
        r"^engine +1\.000 +1\.000 +1\.000 +1\.000 to 1\.000$", shown.output, re.MULTILINE
    )
    told = json.loads(run(*words, "--json").output)
    assert told["engine"]["macro"] == {"nDCG@10": 1.0, "RR@10": 1.0, "R@50": 1.0}
    assert told["random"]["topics"].keys() == {"g"}


def test_python_m_service_is_the_same_command(built: Path) -> None:
    command = [sys.executable, "-m", "service", "show", GRIEF, "--index", str(built)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "Greta Holm" in done.stdout
