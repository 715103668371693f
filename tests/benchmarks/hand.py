"""Raw files made by hand, with numbers that a person can check in the head."""

from pathlib import Path

from benchmarks import raw
from benchmarks.raw import Answered, Run

MS, SECOND, MB = 1_000_000, 1_000_000_000, 1_000_000


def run(contestant: str, number: int, times: list[int], startup: int = 1, peak: int = 100) -> Run:
    """A run with these times in milliseconds, start-up in seconds and memory in megabytes."""
    queries = [Answered(f"q{n}", ms * MS, ["ann"], [0.5]) for n, ms in enumerate(times)]
    return Run(
        case=raw.CASE,
        contestant=contestant,
        round=number,
        startup_ns=startup * SECOND,
        peak_bytes=peak * MB,
        end_bytes=peak * MB // 2,
        elsewhere=0.25,
        threads={"cores": 2},
        versions={"faiss-cpu": "1.0"},
        queries=queries,
    )


def write(folder: Path) -> Path:
    """Two contestants in three rounds, the second of which met a machine ten times slower."""
    for number, slower in enumerate((1, 10, 1), start=1):
        ours = [10 * slower, 20 * slower, 30 * slower]
        naive = [30 * slower, 40 * slower, 80 * slower]
        raw.write_run(folder, run("ours", number, ours, startup=1, peak=200 + number))
        raw.write_run(folder, run("naive", number, naive, startup=6, peak=700))
    texts = {"set": "made-up texts", "count": 3, "of": 9, "median_characters": 312.5}
    directory = {"set": "made-up therapists", "therapists": 7, "of": 7, "statements": 15}
    raw.write(folder, "facts", {"texts": texts, "directory": directory})
    raw.write(
        folder,
        "machine",
        {
            "cpu": "Some Processor",
            "flags": ["avx2"],
            "cores": 2,
            "memory_bytes": 8 * 2**30,
            "load": 0.5,
            "system": "Some System",
            "python": "3.11.0",
            "threads": {},
            "commit": "0123456789abcdef",
            "dirty": False,
        },
    )
    verdicts = [
        {"id": "q0", "recall": 1.0, "difference": 2e-6},
        {"id": "q1", "recall": 0.9, "difference": 5e-6},
    ]
    raw.write(folder, f"referee-{raw.CASE}-ours", verdicts)
    return folder
