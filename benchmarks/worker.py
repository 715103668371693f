"""One contestant in a process of its own: prepares, or answers and writes a raw file.

    python -m benchmarks.worker < job.json

Started by benchmarks.run, which gives a job as JSON on standard input. It imports next to nothing
before the contestant does, since importing counts as starting up.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from benchmarks.contestants import Contestant, contestant
from benchmarks.raw import Answered, Run, write_run

# Untimed answers before the timed ones: torch and ONNX Runtime grow their buffers meanwhile.
WARM_UP = 10

Clocks = tuple[float, float, float]


def main() -> None:
    """Do the job."""
    job = json.load(sys.stdin)
    folder = Path(job["folder"])
    if "directory" in job:
        contestant(job["contestant"]).prepare(Path(job["directory"]), folder)
    else:
        write_run(Path(job["raw"]), answer(job, folder))


def answer(job: dict[str, Any], folder: Path) -> Run:
    """Open the contestant, warm it up and time an answer to each text."""
    lines = Path(job["texts"]).read_text("utf-8").splitlines()
    texts = [json.loads(line) for line in lines]
    engine = contestant(job["contestant"]).open(folder)
    engine.search(texts[0]["text"])
    # The parent's clock is this one's: both count from when the machine started.
    startup = perf_counter_ns() - job["spawned"]
    for text in texts[:WARM_UP]:
        engine.search(text["text"])
    before = _clocks()
    queries = list(_timed(engine, texts))
    others = elsewhere(before, _clocks())
    end, peak = memory()
    return Run(
        case=job["case"],
        contestant=job["contestant"],
        round=job["round"],
        startup_ns=startup,
        peak_bytes=peak,
        end_bytes=end,
        elsewhere=others,
        threads=threads(),
        versions=job["versions"],
        queries=queries,
    )


def _timed(engine: Contestant, texts: list[dict[str, str]]) -> Iterator[Answered]:
    for text in texts:
        begun = perf_counter_ns()
        found = engine.search(text["text"])
        took = perf_counter_ns() - begun
        scores = [float(score) for _, score in found]
        yield Answered(text["id"], took, [id_ for id_, _ in found], scores)


def memory() -> tuple[int, int]:
    """This process's resident memory now and at its highest, in bytes."""
    status = _status()
    if status:
        return 1024 * int(status["VmRSS"].split()[0]), 1024 * int(status["VmHWM"].split()[0])
    # Where there is no /proc: kilobytes, on macOS bytes; what is resident now isn't told.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak *= 1 if sys.platform == "darwin" else 1024
    return peak, peak


def resident() -> dict[str, int]:
    """Resident memory in bytes: this process's own, and files mapped, which others can share."""
    status = _status()
    parts = {"own": "RssAnon", "mapped": "RssFile"}
    return {name: 1024 * int(status[line].split()[0]) for name, line in parts.items() if status}


def elsewhere(before: Clocks | None, after: Clocks | None) -> float | None:
    """How many cores other processes used on average between two readings."""
    if before is None or after is None:
        return None
    wall, all_, own = (late - early for early, late in zip(before, after, strict=True))
    return round(max(0.0, all_ - own) / wall, 2)


def _clocks() -> Clocks | None:
    """Seconds so far: of the clock, of all cores busy with anything, of this process."""
    path = Path("/proc/stat")
    if not path.is_file():
        return None
    user, nice, system, _, _, irq, softirq, steal = map(int, path.read_text().split()[1:9])
    busy = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
    return perf_counter_ns() / 1e9, busy, time.process_time()


def threads() -> dict[str, int]:
    """Cores this process may use, threads it has now, and what its libraries are set to."""
    affinity = getattr(os, "sched_getaffinity", None)
    found = {"cores": len(affinity(0)) if affinity else os.cpu_count() or 1}
    if status := _status():
        found["process"] = int(status["Threads"])
    for module, ask in (("torch", "get_num_threads"), ("faiss", "omp_get_max_threads")):
        if module in sys.modules:
            found[module] = int(getattr(sys.modules[module], ask)())
    return found


def _status() -> dict[str, str]:
    path = Path("/proc/self/status")
    if not path.is_file():
        return {}
    pairs = (line.split(":", 1) for line in path.read_text("ascii", "replace").splitlines())
    return {name: value.strip() for name, value in pairs}


if __name__ == "__main__":
    main()
