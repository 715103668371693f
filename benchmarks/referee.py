"""Outside any timer: recomputes every answer from raw vectors and says how far off it was.

    python -m benchmarks.referee OUT

A statement-based contestant is held against the plain float vectors of sentence-transformers: a
therapist's score is the highest cosine of a statement with the text. This engine is held against
a plain scan over the vectors its version stores, with the same weighted probes. Writes
OUT/raw/referee-match-<contestant>.json: for each query the worst over the rounds.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from benchmarks import raw
from benchmarks.contestants import LIMIT, weights
from benchmarks.contestants.statements import documents
from benchmarks.metrics import difference, recall

Scores = Mapping[str, float]  # of every therapist for one text


class Rejected(Exception):
    """An answer names a therapist twice, or one who isn't in the directory, or too few."""


@click.command()
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(out: Path) -> None:
    """Judge all answers of OUT."""
    try:
        for name, verdicts in judge(out):
            least = min(verdict["recall"] for verdict in verdicts)
            most = max(verdict["difference"] for verdict in verdicts)
            click.echo(f"{name}: recall at least {least:.2f}, scores off by at most {most:.1e}")
    except Rejected as error:
        raise click.ClickException(str(error)) from None


def judge(out: Path, case: str = raw.CASE) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each contestant with its verdicts, after they were written. Raises Rejected."""
    data, folder = out / "data", out / "raw"
    texts = [json.loads(line) for line in (data / "texts.jsonl").read_text("utf-8").splitlines()]
    for name, runs in raw.runs(folder, case).items():
        if name == "ours":
            exact = dict(by_scan(out / "prepared" / name / "index", texts))
        else:
            exact = dict(by_statements(data, texts))
        worst = list(verdicts(runs, exact))
        raw.write(folder, f"referee-{case}-{name}", worst)
        yield name, worst


def verdicts(runs: Sequence[raw.Run], exact: Mapping[str, Scores]) -> Iterator[dict[str, Any]]:
    """For each query the lowest recall and the largest difference over the rounds."""
    for answers in zip(*(run.queries for run in runs), strict=True):
        truth = exact[answers[0].id]
        for answer in answers:
            _check(answer, truth)
        yield {
            "id": answers[0].id,
            "recall": min(round(recall(a.ids, truth, LIMIT), 3) for a in answers),
            "difference": max(float(f"{difference(a.ids, a.scores, truth):.1e}") for a in answers),
        }


def _check(answer: raw.Answered, truth: Scores) -> None:
    wanted = min(LIMIT, len(truth))
    if len(set(answer.ids)) != wanted or len(answer.ids) != wanted or set(answer.ids) - set(truth):
        raise Rejected(f"query {answer.id}: the answer is not {wanted} therapists of the directory")


def by_scan(index: Path, texts: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, Scores]]:
    """Each text's id with every therapist's score by the index's own numpy oracle."""
    # All that depends on the engine's insides stands in this function.
    from index.oracle import scan
    from matcher import Matcher
    from matcher.query import Query
    from matcher.ranking import Weights, probes

    contents = Matcher.open(index).contents
    ids, weights = contents.records["id"].to_pylist(), Weights.packaged()
    for text in texts:
        asked = probes(Query.of(text["text"], contents), contents, weights)
        ranking = scan(contents.fields, asked, len(ids), contents.present)
        scores = weights.calibrated(ranking.scores)
        pairs = zip(ranking.groups.tolist(), scores, strict=True)
        yield text["id"], {ids[group]: score for group, score in pairs}


def by_statements(data: Path, texts: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, Scores]]:
    """Each text's id with every therapist's highest cosine over their statements."""
    docs = documents(data / "directory.jsonl")
    statements, queries = vectors(data, [d.text for d in docs], [t["text"] for t in texts])
    for text, cosines in zip(texts, queries @ statements.T, strict=True):
        best: dict[str, float] = {}
        for doc, cosine in zip(docs, cosines.tolist(), strict=True):
            best[doc.therapist] = max(cosine, best.get(doc.therapist, -1.0))
        yield text["id"], best


def vectors(
    data: Path, statements: Sequence[str], queries: Sequence[str]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Unit vectors, float64 (statements, width) and (queries, width); encoded once, then kept."""
    path = data / "vectors.npz"
    if not path.is_file():
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(weights.folder(), device="cpu")
        np.savez(
            path,
            statements=model.encode(list(statements), normalize_embeddings=True),
            queries=model.encode(list(queries), normalize_embeddings=True),
        )
    with np.load(path) as kept:
        return kept["statements"].astype(np.float64), kept["queries"].astype(np.float64)


if __name__ == "__main__":
    main()
