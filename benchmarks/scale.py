"""The scale case: the search stage alone, from ten thousand passages to those of a whole country.

    python -m benchmarks.scale OUT [--therapists 552000] [--texts 100] [--rounds 3]

Asks OUT/data/texts.jsonl (benchmarks.data), encoded beforehand, of directories of made vectors
(benchmarks.scale_data), each in a process of its own, at each share of therapists that a filter
admits. Timed is the filter and the search, the encoder apart. Outside the timer every answer is
held against an exact scan of the same vectors. Writes OUT/raw/scale-<passages>.json.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import click

from benchmarks import machine, raw, scale_data
from matcher import Matcher
from matcher.build import build

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1_200, 11_800, 117_600, 552_000)  # therapists: ten thousand to 4.7 million passages


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--therapists", multiple=True, type=click.IntRange(300), default=SIZES)
@click.option("--texts", default=100, show_default=True, type=click.IntRange(1))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
def main(out: Path, therapists: tuple[int, ...], texts: int, rounds: int) -> None:
    """Make the directories one after the other, and ask each."""
    index = out / "prepared" / "ours" / "index"
    if not index.is_dir():
        build(out / "data" / "directory.jsonl", index)
    contents = Matcher.open(index).contents
    real = scale_data.Real.of(contents)
    raw.clear(out / "raw", "scale")
    raw.write(out / "raw", "scale-machine", machine.describe())
    for count in therapists:
        folder = out / "scale"
        shutil.rmtree(folder, ignore_errors=True)
        facts = scale_data.make(folder, real, count)
        facts["neighbours"] = scale_data.neighbours(real)
        click.echo(f"{facts['passages']} passages made in {facts['seconds_rows']:.0f} s")
        job = {"out": str(out.resolve()), "facts": facts, "texts": texts, "rounds": rounds}
        command = [sys.executable, "-m", "benchmarks.scale_run"]
        subprocess.run(command, input=json.dumps(job), text=True, cwd=ROOT, check=True)  # noqa: S603
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
