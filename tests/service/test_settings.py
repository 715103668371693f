"""What a server can be told, by option, environment and file, and what it refuses to be told."""

import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import ValidationError

from matcher.files import read_data
from service.cli import matcher
from service.settings import Country, Settings, is_loopback
from service.sources import lines, pass_on, settings_from

# Each setting as an option, in the environment, in a file; and what it then is.
ALL: list[tuple[str, str, str, Any]] = [
    ("host", "::1", '"::1"', "::1"),
    ("port", "8080", "8080", 8080),
    ("workers", "3", "3", 3),
    ("notice", "Ours, “yours”", '"Ours, “yours”"', "Ours, “yours”"),
    ("country", "GB", '"GB"', "GB"),
    ("language", "en", '"en"', "en"),
    ("in_flight", "7", "7", 7),
    ("deadline", "2.5", "2.5", 2.5),
    ("keys", "/k/keys.json", '"/k/keys.json"', Path("/k/keys.json")),
    ("rate", "60/minute", '"60/minute"', "60/minute"),
    ("cors", "https://a.example", '["https://a.example"]', ("https://a.example",)),
    ("proxies", "10.0.0.0/8", '"10.0.0.0/8"', ("10.0.0.0/8",)),
]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = {k: v for k, v in os.environ.items() if not k.startswith("MATCHER_")}
    monkeypatch.setattr(os, "environ", plain)


def serve(*options: str) -> Result:
    return CliRunner().invoke(matcher, ["serve", *options])


@pytest.mark.parametrize(("name", "said", "written", "means"), ALL)
def test_each_setting_can_be_set_in_every_way(
    name: str, said: str, written: str, means: Any, tmp_path: Path
) -> None:
    assert getattr(settings_from({"index": "i", name: said}), name) == means
    file = tmp_path / "matcher.toml"
    file.write_text(f'index = "i"\n{name} = {written}\n', "utf-8")
    assert getattr(settings_from({}, str(file)), name) == means
    os.environ.pop("MATCHER_CONFIG")
    os.environ |= {"MATCHER_INDEX": "i", f"MATCHER_{name.upper()}": said}
    assert getattr(settings_from({}), name) == means
    option = f"--{name.replace('_', '-')}"
    del os.environ[f"MATCHER_{name.upper()}"]
    shown = serve(option, said, "--show-config")
    assert shown.exit_code == 0
    assert f"# {option}\n" in shown.output


def test_an_option_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "matcher.toml"
    file.write_text('index = "from-file"\nport = 1\nhost = "::1"\nrate = "1/day"\n')
    os.environ |= {"MATCHER_PORT": "2", "MATCHER_HOST": "127.0.0.2", "MATCHER_NOTICE": ""}
    shown = serve("--config", str(file), "--port", "3", "--show-config").output
    assert 'index = "from-file"  # ' in shown
    assert "port = 3  # --port\n" in shown
    assert 'host = "127.0.0.2"  # MATCHER_HOST\n' in shown
    assert f'rate = "1/day"  # {file}: rate\n' in shown
    assert 'keys = "from-file/keys.json"  # default\n' in shown
    assert "# notice is not set\n" in shown


def test_what_is_shown_can_be_read_again(tmp_path: Path) -> None:
    given = {"index": "i", "notice": 'a "b" \\ ü 😀', "cors": ("https://a.example", "*"), "port": 0}
    file = tmp_path / "shown.toml"
    file.write_text("\n".join(lines(settings_from(given), given)), "utf-8")
    assert settings_from({}, str(file)) == settings_from(given)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ([], "index is not set: give --index or MATCHER_INDEX"),
        (["--index", " "], "--index: must not be empty"),
        (["--port", "70000"], "--port: must be less than or equal to 65535"),
        (["--workers", "0"], "--workers: must be greater"),
        (["--country", "XX"], "--country: must be 'US', 'CA'"),
        (["--language", "xx"], "--language: the page is written in en"),
        (["--deadline", "nan"], "--deadline: must be"),
        (["--in-flight", "0"], "--in-flight: must be"),
        (["--keys", ""], "--keys: must not be empty"),
        (["--config", "nowhere.toml"], "nowhere.toml can't be read (No such file"),
        (["--config", "/"], "/ can't be read (No such file"),
    ],
)
def test_what_is_wrong_is_named_before_anything_is_served(options: list[str], named: str) -> None:
    if options and options[0] != "--index":
        options = [*options, "--index", "i"]
    result = serve(*options, "--show-config")
    assert (result.exit_code, named in result.output) == (2, True), result.output


@pytest.mark.parametrize(
    "rate", ["0/minute", "often", "60", "60/fortnight", "1/day;5/day", "999999/day", "-1/day"]
)
def test_a_rate_is_one_that_can_be_kept(rate: str) -> None:
    assert "--rate: must" in serve("--index", "i", "--rate", rate).output


@pytest.mark.parametrize(
    "origin",
    ["directory.example", "https://directory.example/", "null", "ftp://a.example", "https://a b"],
)
def test_an_origin_is_one_that_a_browser_sends(origin: str) -> None:
    assert "--cors: must be origins" in serve("--index", "i", "--cors", origin).output


@pytest.mark.parametrize("proxy", ["*", "localhost", "10.0.0.1/8", "10.0.0.0/99", "1.2.3"])
def test_a_proxy_is_named_by_its_address(proxy: str) -> None:
    assert "--proxies: must be addresses" in serve("--index", "i", "--proxies", proxy).output


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ('index = "i"\nrates = "1/day"', "rates is no setting"),
        ('[server]\nindex = "i"', "server is no setting"),
        ('index = "i"\nport = "high"', "port: must be a valid integer"),
        ('index = "i', "is no TOML"),
        ('index = "i"\nindex = "j"', "is no TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(written: str, named: str, tmp_path: Path) -> None:
    file = tmp_path / "matcher.toml"
    file.write_text(written)
    os.environ["MATCHER_CONFIG"] = str(file)
    result = serve("--show-config")
    assert (result.exit_code, named in result.output) == (2, True), result.output
    assert str(file) in result.output


def test_a_variable_that_is_none_of_ours_is_named() -> None:
    os.environ["MATCHER_RATES"] = "60/minute"
    result = serve("--index", "i", "--show-config")
    assert (result.exit_code, "MATCHER_RATES is no setting" in result.output) == (2, True)


def test_workers_get_the_very_settings_whatever_becomes_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "matcher.toml"
    file.write_text('index = "i"\nrate = "1/day"\nproxies = ["::1", "10.0.0.0/8"]\n')
    os.environ |= {"matcher_port": "1", "MATCHER_NOTICE": "ours"}
    settings = settings_from({"port": 2, "without_keys": 2}, str(file))
    pass_on(settings)
    file.unlink()
    assert Settings.model_validate({}) == settings.model_copy(
        update={"index": Path("i").resolve(), "keys": Path("i/keys.json").resolve()}
    )


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("192.168.0.5", False),
        ("my-machine", False),
        ("localhost.evil.example", False),
    ],
)
def test_who_can_reach_an_address(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_every_country_with_crisis_lines_can_be_named() -> None:
    assert set(Country.__args__) == set(read_data("crisis.json")["countries"])  # type: ignore[attr-defined]


def test_a_setting_that_is_not_known_is_refused_from_python_too() -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"index": "i", "rates": "1/day"})
