"""Stage 4: OUT/report.md with its plots, made from OUT/raw alone.

    python -m benchmarks.report OUT [--readme README.md] [--milvus docs/milvus.md]

With --readme it also rewrites the tables there between `<!-- bench -->` and `<!-- /bench -->`, and
between `<!-- match -->` and `<!-- /match -->`; with --milvus those of `engines` and `hundred`.
"""

from pathlib import Path

import click

from benchmarks import raw
from benchmarks.figures import figures
from benchmarks.markdown import NAMES, listed, ms, over, table, times
from benchmarks.sections import SECTIONS, engines, quality
from benchmarks.sections.costs import megabytes, seconds
from benchmarks.sections.machine import hardware, sets

HEAD = ("", "p50", "p99", "p50, times this engine's", "start-up", "memory")


@click.command()
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--readme", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--milvus", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(out: Path, readme: Path | None, milvus: Path | None) -> None:
    """Write the report, and the tables of the README and of the page on Milvus where asked."""
    if not any((out / "raw").glob("*.json")):
        raise click.ClickException(f"{out}/raw holds no runs: run `python -m benchmarks.run {out}`")
    (out / "report.md").write_text(report(out), "utf-8")
    click.echo(f"{out}/report.md")
    for page, blocks in (
        (readme, {"bench": summary, "match": quality.summary}),
        (milvus, {"engines": engines.measured, "hundred": engines.hundred}),
    ):
        if page is None:
            continue
        text = page.read_text("utf-8")
        try:
            for name, block in blocks.items():
                text = inserted(text, name, block(out / "raw"))
        except ValueError as error:
            raise click.ClickException(f"{page}: {error}") from None
        page.write_text(text, "utf-8")


def report(out: Path) -> str:
    """The whole report as Markdown; its plots are written into OUT."""
    blocks = [
        "# Benchmarks",
        "Written by `python -m benchmarks.report` from the raw files in `raw/` and nothing else.",
    ]
    for section in SECTIONS:
        blocks += section(out / "raw", out)
    return "\n\n".join(blocks) + "\n"


def summary(folder: Path) -> str:
    """The README's table with a sentence that says what it shows."""
    runs = raw.runs(folder)
    rows = []
    for name in listed(runs):
        its = figures(runs[name], runs.get("ours", []))
        beside = times(its.beside) if its.beside and name != "ours" else ""
        cost = seconds(its.startup), megabytes(its.peak)
        rows.append((NAMES.get(name, name), ms(its.p50), ms(its.p99), beside, *cost))
    rounds = max(len(mine) for mine in runs.values())
    return "\n\n".join(
        [
            table(HEAD, rows),
            f"One text after the other: {sets(raw.read(folder, 'facts'))} Medians over "
            f"{over(rounds)}; a ratio is taken within a round, least and greatest in brackets. "
            "Start-up goes to the first answer of a fresh process; memory is its highest. "
            f"Measured on {hardware(raw.read(folder, 'machine'))}",
        ]
    )


def inserted(text: str, name: str, block: str) -> str:
    """The text with what stands between the markers of that name replaced.

    Raises ValueError without them.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"there is no {begin} followed by {end}")
    return f"{before}{begin}\n{block}\n{end}{after}"


if __name__ == "__main__":
    main()
