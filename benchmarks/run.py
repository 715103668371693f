"""Stage 2: asks every contestant every text, each in processes of its own, and keeps it all.

    python -m benchmarks.run OUT [--contestant ours --contestant naive] [--rounds 3]

Contestants take turns within a round, another one first each time, so that whatever else the
machine does hurts all alike. Writes OUT/raw/match-<contestant>-<round>.json, OUT/raw/machine.json
and OUT/raw/facts.json.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import click

from benchmarks import machine, raw
from benchmarks.contestants import LIBRARIES, NotInstalled, versions

ROOT = Path(__file__).resolve().parent.parent
# By their own documented settings, so that nobody tries the network; the models lie here already.
QUIET = {
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "ORT_DISABLE_TELEMETRY": "1",
}


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--contestant",
    "names",
    multiple=True,
    default=("ours", "naive"),
    show_default=True,
    type=click.Choice([*LIBRARIES, "all"]),
)
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
def main(out: Path, names: tuple[str, ...], rounds: int) -> None:
    """Run the contestants over the files of stage 1."""
    chosen = list(LIBRARIES) if "all" in names else list(dict.fromkeys(names))
    if not (out / "data" / "facts.json").is_file():
        raise click.ClickException(f"{out} holds no data: run `python -m benchmarks.data {out}`")
    try:
        measure(out.resolve(), chosen, rounds)
    except (NotInstalled, Failed) as error:
        raise click.ClickException(str(error)) from None


class Failed(Exception):
    """A contestant's process ended with an error; the message is the end of what it printed."""


def measure(out: Path, names: Sequence[str], rounds: int, case: str = raw.CASE) -> None:
    """Prepare the contestants, then run them round by round. Raises NotInstalled or Failed."""
    used = {name: versions(name) for name in names}
    folder = out / "raw"
    raw.clear(folder, case)
    raw.write(folder, "machine", machine.describe())
    raw.write(folder, "facts", json.loads((out / "data" / "facts.json").read_text("utf-8")))
    for name in names:
        click.echo(f"prepare {name}")
        prepare(out, name)
    for number in range(1, rounds + 1):
        for name in turns(names, number):
            click.echo(f"round {number} of {rounds}: {name}")
            job = {"case": case, "round": number, "versions": used[name]}
            _work(_job(out, name) | job | {"texts": str(out / "data" / "texts.jsonl")})


def prepare(out: Path, name: str) -> None:
    """Let a contestant make its files anew from the directory."""
    job = _job(out, name)
    shutil.rmtree(job["folder"], ignore_errors=True)
    Path(job["folder"]).mkdir(parents=True)
    _work(job | {"directory": str(out / "data" / "directory.jsonl")})


def turns(names: Sequence[str], number: int) -> list[str]:
    """The order within a round, counted from 1."""
    first = (number - 1) % len(names)
    return [*names[first:], *names[:first]]


def _job(out: Path, name: str) -> dict[str, Any]:
    return {
        "contestant": name,
        "folder": str(out / "prepared" / name),
        "raw": str(out / "raw"),
    }


def _work(job: dict[str, Any]) -> None:
    command = [sys.executable, "-m", "benchmarks.worker"]
    done = subprocess.run(  # noqa: S603
        command,
        input=json.dumps(job | {"spawned": perf_counter_ns()}),
        cwd=ROOT,
        env=os.environ | QUIET,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{job['contestant']} failed:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    main()
