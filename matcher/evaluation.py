"""Evaluation: how well rankings meet judgments, for the whole engine and for reference rows."""

import logging
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import bm25s
import ir_measures
import numpy as np
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG

from index.errors import BadInput
from index.rows import Ints, Rows
from matcher.asking import MOST
from matcher.contents import PASSAGES
from matcher.lines import objects
from matcher.matching import Matcher
from matcher.statistics import Sample
from matcher.text import LONGEST

MEASURES = (nDCG @ 10, RR @ 10, R @ 50)
# Gives a text's therapists with their scores, in any order.
Ranker = Callable[[str], Mapping[str, float]]


@dataclass(frozen=True)
class JudgedQuery:
    """A client's text, and the topic it is counted under."""

    id: str
    text: str = field(repr=False)
    topic: str


@dataclass(frozen=True)
class Row:
    """A ranker's measures of each judged query, by the query's topic and id."""

    name: str
    queries: Mapping[str, Mapping[str, Mapping[str, float]]]

    @cached_property
    def topics(self) -> Mapping[str, Mapping[str, float]]:
        """The averages over each topic's queries."""
        return {topic: _means(its.values()) for topic, its in self.queries.items()}

    @cached_property
    def measures(self) -> Mapping[str, float]:
        """The averages over the topics (macro averages)."""
        return _means(self.topics.values())

    def sample(self, measure: str) -> Sample:
        """One measure's values query by query, each counted so that all topics count the same."""
        values = [v[measure] for its in self.queries.values() for v in its.values()]
        sizes = [len(its) for its in self.queries.values() for _ in its]
        return Sample(np.array(values), 1 / np.array(sizes))


def read_queries(path: Path) -> list[JudgedQuery]:
    """Read JSON Lines with `id`, `text` and maybe `title` and `topic`.

    The query is title, newline, text, cut at what a client may send. Raises BadInput.
    """
    queries = []
    for place, record in objects(path):
        if not all(
            isinstance(record.get(field, ""), str) for field in ("id", "title", "text", "topic")
        ):
            raise BadInput(f"{place}: line: a query has id, title, text and topic as text")
        text = "\n".join(record[field] for field in ("title", "text") if record.get(field))
        if not record.get("id") or not text:
            raise BadInput(f"{place}: line: a query needs an id and a text")
        queries.append(JudgedQuery(record["id"], text[:LONGEST], record.get("topic", "")))
    return queries


def read_qrels(path: Path) -> list[Qrel]:
    """Read judgments in TREC format: query id, anything, therapist id, grade. Raises BadInput."""
    try:
        return list(ir_measures.read_trec_qrels(path.read_text("utf-8")))  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} can't be read as TREC judgments: {error}") from None


def rankers(matcher: Matcher) -> dict[str, Ranker]:
    """The engine as it is served, and what it has to be better than."""
    passages, present = matcher.contents.texts[PASSAGES], np.flatnonzero(matcher.contents.present)
    statements = _statements(matcher)
    return {
        "engine": engine(matcher),
        "encoder alone, best statement": _plain(matcher, statements, np.arange(len(present))),
        "encoder alone, best passage": _plain(matcher, passages, present),
        "BM25": _bm25(matcher),
        "random": _random(matcher),
    }


def evaluate(
    rows: Mapping[str, Ranker],
    queries: Sequence[JudgedQuery],
    qrels: Sequence[Qrel],
    progress: Callable[[Iterable[JudgedQuery], int], Iterable[JudgedQuery]] | None = None,
) -> list[Row]:
    """Measure each ranker on the judged queries. Raises BadInput where none is judged.

    A judged query that has no text here, or for which nothing is returned, scores 0.
    """
    judged = {qrel.query_id for qrel in qrels}
    asked = [query for query in queries if query.id in judged]
    if not asked:
        raise BadInput("no query of these is judged: the ids of queries and judgments differ")
    topics = {query.id: query.topic for query in asked}
    runs: dict[str, list[ScoredDoc]] = {name: [] for name in rows}
    for query in progress(asked, len(asked)) if progress else asked:
        for name, rank in rows.items():
            found = rank(query.text)
            runs[name] += [ScoredDoc(query.id, id_, score) for id_, score in found.items()]
    return [_row(name, run, qrels, topics) for name, run in runs.items()]


def _row(name: str, run: list[ScoredDoc], qrels: Sequence[Qrel], topics: dict[str, str]) -> Row:
    found: dict[str, dict[str, dict[str, float]]] = {}
    for metric in ir_measures.iter_calc(MEASURES, qrels, run):
        of_topic = found.setdefault(topics.get(metric.query_id, ""), {})
        of_topic.setdefault(metric.query_id, {})[str(metric.measure)] = metric.value
    return Row(name, {topic: dict(sorted(its.items())) for topic, its in sorted(found.items())})


def _means(rows: Collection[Mapping[str, float]]) -> dict[str, float]:
    return {str(m): float(np.mean([row[str(m)] for row in rows])) for m in MEASURES}


def engine(matcher: Matcher) -> Ranker:
    """The ranking as it is served, through `Matcher.match`."""

    def rank(text: str) -> dict[str, float]:
        try:
            matches = matcher.match(text, limit=MOST).matches
        except BadInput:  # a text the engine refuses finds nobody
            return {}
        # By place, for told scores are rounded and may tie where the order doesn't.
        return {match.therapist.id: -float(place) for place, match in enumerate(matches)}

    return rank


def _statements(matcher: Matcher) -> Rows:
    """Whole statements, which a version has no vectors of."""
    every = [(g, s.text) for g, t in enumerate(matcher.contents.therapists()) for s in t.statements]
    groups, texts = zip(*every, strict=True)
    return Rows.of(matcher.contents.encoder.encode_all(texts), np.array(groups), {})


def _plain(matcher: Matcher, rows: Rows, groups: Ints) -> Ranker:
    def rank(text: str) -> dict[str, float]:
        query = matcher.contents.encoder.encode(text)
        return _named(matcher, rows.best(query[None, :], groups)[0])

    return rank


def _bm25(matcher: Matcher) -> Ranker:
    therapists = matcher.contents.therapists()
    texts = [" ".join(s.text for s in therapist.statements) for therapist in therapists]
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # or it tells each index it builds
    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)

    def rank(text: str) -> dict[str, float]:
        (tokens,) = bm25s.tokenize(text, stopwords="en", return_ids=False, show_progress=False)
        return _named(matcher, retriever.get_scores(tokens)) if tokens else {}

    return rank


def _random(matcher: Matcher) -> Ranker:
    def rank(text: str) -> dict[str, float]:
        seed = zlib.crc32(text.encode())  # the same order each time, another for each text
        return _named(matcher, np.random.default_rng(seed).random(len(matcher.contents)))

    return rank


def _named(matcher: Matcher, scores: Iterable[float]) -> dict[str, float]:
    return dict(zip(matcher.contents.groups, map(float, scores), strict=True))
