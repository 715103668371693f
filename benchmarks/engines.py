"""The engines case: FAISS in a folder beside Milvus Lite, on the same work.

    python -m benchmarks.engines OUT [--therapists 11800] [--texts 30] [--rounds 3]

Directories of made vectors (benchmarks.scale_data) are published once into a folder and once into
Milvus Lite, which a process of its own serves, as a Milvus is reached elsewhere. The same texts,
encoded beforehand, are asked of both in turn at shares of therapists that a filter admits; timed
is the filter and the search. Outside the timer every answer is held against an exact scan.
Writes OUT/raw/engines-<passages>.json.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter, perf_counter_ns
from typing import Any

import click

from benchmarks import machine, raw, scale_data
from benchmarks.scale_run import Case, queries_of
from benchmarks.worker import WARM_UP
from index.errors import Away
from index.probes import Probe
from index.proposals import FILE as PROPOSALS
from index.versions import Store, Version
from index.where import Where
from matcher import Matcher
from matcher.build import build
from matcher.contents import PASSAGES
from matcher.taxonomy import Taxonomy

SIZES = (1_200, 4_000, 11_800)  # therapists: ten thousand to a hundred thousand passages
SHARES = (1.0, 0.1, 0.01)  # of the therapists whom a filter admits
THREADS = 2
HOST = "127.0.0.1"
PATIENCE = 30  # seconds for a server to come up
FAISS, MILVUS = "FAISS", "Milvus Lite"
SERVE = (
    "import sys; from milvus_lite.adapter.grpc.server import run_server; "
    "run_server(*sys.argv[1:3], int(sys.argv[3]))"
)

Queries = Sequence[tuple[str, list[Probe]]]


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--therapists", multiple=True, type=click.IntRange(300), default=SIZES)
@click.option("--texts", default=30, show_default=True, type=click.IntRange(1))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
def main(out: Path, therapists: tuple[int, ...], texts: int, rounds: int) -> None:
    """Publish each directory twice, and ask both."""
    index = out / "prepared" / "ours" / "index"
    if not index.is_dir():
        build(out / "data" / "directory.jsonl", index)
    matcher = Matcher.open(index)
    real = scale_data.Real.of(matcher.contents)
    queries = queries_of(out, matcher.contents, texts)
    raw.clear(out / "raw", "engines")
    raw.write(out / "raw", "engines-machine", machine.describe())
    # What a real directory has beside vectors, of which made ones have none.
    files = {name: facts["bytes"] for name, facts in matcher.version.manifest["files"].items()}
    sample = {"files": files, "counts": dict(matcher.version.manifest["counts"])}
    for count in therapists:
        folder = (out / "engines").resolve()
        shutil.rmtree(folder, ignore_errors=True)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        figures = scale_data.make(folder / "made", real, count) | {"sample": sample}
        with served(folder / "lite.db") as (where, process):
            places: dict[str, Where] = {FAISS: folder / "index", MILVUS: where}
            figures |= measure(folder, places, queries, rounds, matcher.contents.taxonomy)
            figures["width"] = matcher.contents.encoder.width
            figures["issues"] = matcher.contents.profiles.vectors.width
            figures["engines"][MILVUS]["memory"] = resident(process)
        figures["engines"][MILVUS]["bytes"] = size(folder / "lite.db")
        raw.write(out / "raw", f"engines-{figures[PASSAGES]}", figures)
        told = {name: found["seconds"] for name, found in figures["engines"].items()}
        click.echo(f"{figures[PASSAGES]} passages: published in {json.dumps(told)} s")
        shutil.rmtree(folder)


def measure(
    folder: Path, places: dict[str, Where], queries: Queries, rounds: int, taxonomy: Taxonomy
) -> dict[str, Any]:
    """What publishing into each place took, and how each answers."""
    engines: dict[str, dict[str, Any]] = {}
    cases: dict[str, Case] = {}
    for name, where in places.items():
        begun = perf_counter()
        version = published(folder / "made", where)
        engines[name] = {"seconds": round(perf_counter() - begun, 1)}
        cases[name] = Case(version.folder, taxonomy, version)
        if name == FAISS:
            vectors = version.folder.glob("*.faiss")
            engines[name] |= {"bytes": size(version.folder), "memory": sum(map(size, vectors))}
            lists = version.folder / PROPOSALS
            engines[name]["lists"] = size(lists) if lists.exists() else 0
    truth = cases[FAISS].truth([probes for _, probes in queries])
    shares = []
    for share in SHARES:
        found = timed(cases, share, queries, rounds)
        for name, answers in found.items():
            for answer, scores in zip(answers, truth, strict=True):
                answer["recall"] = cases[name].recall(answer["ids"], scores, share)
        shares.append({"share": share, "engines": found})
    for name, case in cases.items():
        engines[name]["a_second"] = throughput(case, queries)
    return {"rounds": rounds, "engines": engines, "shares": shares}


def published(made: Path, where: Where) -> Version:
    """The made files as a version that is live there."""
    store = Store(where)
    with store.building() as folder:
        shutil.copytree(made, folder, dirs_exist_ok=True)
        name = store.seal(folder, {"counts": {}})
    store.publish(name)
    return store.open()


def timed(
    cases: dict[str, Case], share: float, queries: Queries, rounds: int
) -> dict[str, list[dict[str, Any]]]:
    """For each engine each query's times in nanoseconds, and its answer; they take turns."""
    for case in cases.values():
        for _, probes in queries[:WARM_UP]:
            case.search(share, probes)
    found = {name: [{"id": id_, "ns": []} for id_, _ in queries] for name in cases}
    for _ in range(rounds):
        for place, (_, probes) in enumerate(queries):
            for name, case in cases.items():
                begun = perf_counter_ns()
                ranking = case.search(share, probes)
                answer: dict[str, Any] = found[name][place]
                answer["ns"].append(perf_counter_ns() - begun)
                answer["ids"] = ranking.groups.tolist()
                answer["scores"] = ranking.scores.round(raw.DIGITS).tolist()
                answer["plan"] = ranking.plan
    return found


def throughput(case: Case, queries: Queries) -> float:
    """Searches of everybody a second, in as many threads as there are cores here."""
    with ThreadPoolExecutor(THREADS) as threads:
        begun = perf_counter()
        list(threads.map(lambda query: case.search(1.0, query[1]), queries))
        return round(len(queries) / (perf_counter() - begun), 2)


@contextmanager
def served(file: Path) -> Iterator[tuple[str, int]]:
    """Where a file of Milvus Lite is served, and by which process."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", SERVE, str(file), HOST, str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    where = f"milvus:http://{HOST}:{port}"
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                Store(where).ids()
                break
            except Away:
                time.sleep(0.2)
        yield where, server.pid
    finally:
        server.terminate()
        server.wait()


def resident(process: int) -> int:
    """What a process holds in memory, in bytes."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    return 1024 * int(status.partition("VmRSS:")[2].split()[0])


def size(path: Path) -> int:
    """A file's bytes, or those of all files in a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(inner.stat().st_size for inner in path.rglob("*") if inner.is_file())


if __name__ == "__main__":
    main()
