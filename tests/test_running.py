"""That what `docs/running.md` and the unit tell an operator is so."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from service.settings import Settings
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "running.md").read_text("utf-8")
UNIT = ROOT / "docs" / "matcher.service"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.S)
    assert found is not None
    return found[1]


def test_the_file_of_settings_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {})
    assert Settings(**tomllib.loads(block("toml"))).rate == "60/minute"


def test_every_setting_is_told_with_its_default() -> None:
    table = PAGE.split("| setting |")[1].split("\n\n")[0]
    rows = [row.split("|")[1:4] for row in table.splitlines()[2:]]
    told = {name: row[2] for row in rows for name in re.findall("`([a-z_]+)`", row[0])}
    assert told.keys() == Settings.model_fields.keys()
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, (int, float, str)):
            default = str(field.default).removesuffix(".0")
            assert default in told[name], name


def test_the_links_lead_somewhere() -> None:
    for target, _, anchor in re.findall(r"\]\(([^)#]+)(#([^)]+))?\)", PAGE):
        text = (ROOT / "docs" / target).read_text("utf-8")
        heads = [re.sub("[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in HEAD.findall(text)]
        assert not anchor or anchor in heads, anchor


HEAD = re.compile("^#+ (.*)$", re.M)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text("utf-8")
    program = re.search("^ExecStart=([^ ]+) serve --config", text, re.M)
    assert program is not None
    copy = tmp_path / "matcher.service"
    copy.write_text(text.replace(program[1], "/bin/true"), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not on this machine")
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not on this machine")
def test_nginx_takes_the_example(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=example"]
    subprocess.run(
        [*make, "-keyout", str(key), "-out", str(certificate)], capture_output=True, check=True
    )
    text = block("nginx").replace("/var/log/nginx/", f"{tmp_path}/")
    text = re.sub("(ssl_certificate_key +)[^;]+", rf"\1{key}", text)
    text = re.sub("(ssl_certificate +)[^;]+", rf"\1{certificate}", text)
    copy = tmp_path / "nginx.conf"
    copy.write_text(f"pid {tmp_path}/pid; events {{}} http {{\n{text}\n}}\n", "utf-8")
    done = subprocess.run(["nginx", "-t", "-c", copy], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not on this machine")
def test_caddy_takes_the_example(tmp_path: Path) -> None:
    copy = tmp_path / "Caddyfile"
    copy.write_text(block("caddy"), "utf-8")
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
