"""Tries encoders with fewer layers than all-MiniLM-L6-v2, trained to give the same vectors.

    python -m benchmarks.smaller OUT [--layers 5 --layers 4 --layers 3] [--minutes 5]

Each student is measured as it was cut, and again after so many minutes of training on this CPU.
It is trained on the sample's statements, the taxonomy's lines and, where ../shared/counselchat lies
beside the checkout, the questions and answers that its profiles were made from; on no client's
text that is measured. Students and indexes go to OUT, the figures to OUT/raw/smaller.json.
"""

import json
import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from benchmarks import data, machine, raw
from benchmarks.data import DATA, QUESTIONS
from index.errors import Damaged
from matcher import weights
from matcher.build import Options, build
from matcher.encoder import Encoder
from matcher.evaluation import engine, evaluate, read_qrels, read_queries
from matcher.export import export
from matcher.matching import Matcher
from matcher.passages import passages, struggles
from matcher.quantising import FLOAT32, INT8
from matcher.taxonomy import Taxonomy

NAME = "smaller"
SIX = 6  # layers the teacher has
TRIED = 96  # texts that a choice of layers is tried on
BATCH = 32  # texts a step
SORTED = 64  # batches between which texts are sorted by length, so that little is padding
RATE = 5e-4  # the highest learning rate; it falls to 0 with the time that is left
WARM = 0.05  # the share of the time over which it rises
ROUNDS = 3
SEED = 1


@dataclass(frozen=True)
class Lesson:
    """A text to learn from: its token ids, and what the teacher makes of each token.

    `tokens` is float16 (tokens, width): half the memory, and finer than what can be learnt.
    """

    ids: Sequence[int]
    tokens: npt.NDArray[np.float16]


@dataclass(frozen=True)
class Student:
    """An encoder to measure: the teacher's layers it kept, and how it was trained.

    `model` is what a build takes. `minutes` is what it was given, `steps` how often its weights
    were changed, `read` how many texts it went through, many of them more than once.
    """

    name: str
    model: str
    kept: Sequence[int]
    minutes: float = 0.0
    steps: int = 0
    read: int = 0


@dataclass(frozen=True)
class Judged:
    """A directory with client texts and judgments, as files."""

    directory: Path
    queries: Path
    qrels: Path


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--layers", multiple=True, default=(5, 4, 3), type=click.IntRange(1, SIX - 1))
@click.option("--minutes", default=5.0, show_default=True, type=click.FloatRange(0))
def main(out: Path, layers: tuple[int, ...], minutes: float) -> None:
    """Train, build, measure, and write the figures."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    learnt = texts()
    students = [Student("six", weights.DEFAULT, range(SIX))]
    for student in taught(out / "students", learnt, layers, minutes):
        click.echo(f"{student.name}: layers {student.kept}, {student.steps} steps")
        students.append(student)
    rows, encoders = [], []
    with tempfile.TemporaryDirectory() as folder:
        sets = judged(Path(folder))
        teacher = floats(Path(folder))
        for student in students:
            row, encoder = measured(student, sets, out / "indexes" / student.name, teacher)
            click.echo(f"{student.name}: {row['cosine']} {row['ndcg']}")
            rows.append(row)
            encoders.append(encoder)
    facts = data.write(out / "data")["texts"]
    asked = [query.text for query in read_queries(out / "data" / "texts.jsonl")]
    for row, its in zip(rows, timed(encoders, asked), strict=True):
        row["ns"] = its
    figures = {"learnt": len(learnt), "timed": facts, "machine": machine.describe(), "rows": rows}
    raw.write(out / "raw", NAME, figures)


def texts(questions: Path = QUESTIONS, directory: Path = DATA / "directory.jsonl") -> list[str]:
    """What students learn from, each text once; none of the client texts that are measured."""
    found = [s["text"] for record in _read(directory) for s in record["statements"]]
    chosen = _read(questions) if questions.is_file() else []
    chosen = [record for record in chosen if record["role"] == "statements"]
    found += [answer["text"] for record in chosen for answer in record["answers"]]
    # A passage has a vector of its own in an index, beside that of its statement.
    found += [span.of(text) for text in found for span in passages(text)]
    found += [f"{record['title']}\n{record['text']}" for record in chosen]
    taxonomy = Taxonomy.packaged()
    for topic in (*taxonomy.issues.values(), *taxonomy.approaches.values()):
        found += [topic.name, *topic.synonyms, *topic.client_lines, *topic.therapist_lines]
        found += [topic.description] if topic.description else []
    return list(dict.fromkeys(found))


def taught(
    folder: Path, learnt: Sequence[str], layers: Sequence[int], minutes: float
) -> Iterator[Student]:
    """Make the students and save each as it was cut, and once more when it is trained."""
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(SEED)
    lessons = _lessons(_model(), learnt)
    for count in layers:
        kept = chosen(lessons, count)
        model = cut(_model(), kept)
        model.save(str(folder / f"{count}-cut"), create_model_card=False)
        yield Student(f"{count}-cut", str(folder / f"{count}-cut"), kept)
        if minutes:
            steps, read = train(model, lessons, minutes)
            model.save(str(folder / f"{count}-trained"), create_model_card=False)
            path = str(folder / f"{count}-trained")
            yield Student(f"{count}-trained", path, kept, minutes, steps, read)


def chosen(lessons: Sequence[Lesson], count: int) -> tuple[int, ...]:
    """So many of the teacher's layers, those whose bare cut stays nearest to the teacher."""
    import torch

    tried = data.spread(sorted(lessons, key=lambda lesson: len(lesson.ids)), TRIED)
    batches = [tried[start : start + BATCH] for start in range(0, len(tried), BATCH)]

    def distance(kept: tuple[int, ...]) -> float:
        model = cut(_model(), kept)
        with torch.no_grad():
            return float(sum(_loss(model, batch).item() for batch in batches))

    return min(combinations(range(SIX), count), key=distance)


def cut(model: Any, kept: Sequence[int]) -> Any:
    """The model with these of its layers alone, as sentence-transformers' distillation does it."""
    import torch

    inner = model[0].auto_model
    inner.encoder.layer = torch.nn.ModuleList([inner.encoder.layer[place] for place in kept])
    inner.config.num_hidden_layers = len(kept)
    return model


def train(model: Any, lessons: Sequence[Lesson], minutes: float) -> tuple[int, int]:
    """Change a student's layers for so long; how many steps, and how many texts, that were.

    The order of texts is the same each time; how far it gets in the time is the machine's.
    """
    import torch

    weights = list(model[0].auto_model.encoder.parameters())
    model[0].auto_model.requires_grad_(False)  # the embeddings are the teacher's own already
    for weight in weights:
        weight.requires_grad_(True)
    optimiser = torch.optim.AdamW(weights, lr=0.0, weight_decay=0.0)
    begun, steps, read = time.perf_counter(), 0, 0
    half = "amx_bf16" in machine.describe()["flags"]  # where 16 bits are the faster ones
    for batch in _batches(lessons):
        gone = (time.perf_counter() - begun) / (60 * minutes)
        if gone >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(gone / WARM, (1 - gone) / (1 - WARM))
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            loss = _loss(model, batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        steps, read = steps + 1, read + len(batch)
    return steps, read


def _batches(lessons: Sequence[Lesson]) -> Iterator[Sequence[Lesson]]:
    """Batches without end, of texts that are about as long."""
    chance = random.Random(SEED)  # noqa: S311 - for an order that is the same each time
    while True:
        order = chance.sample(lessons, len(lessons))
        for start in range(0, len(order), BATCH * SORTED):
            part = sorted(order[start : start + BATCH * SORTED], key=lambda lesson: len(lesson.ids))
            batches = [part[first : first + BATCH] for first in range(0, len(part), BATCH)]
            yield from chance.sample(batches, len(batches))


def _loss(model: Any, batch: Sequence[Lesson]) -> Any:
    """How far a student is from the teacher: by the texts' vectors, and by those of tokens.

    The tokens count since the vectors of a text's spans are means over some of its tokens.
    """
    import torch

    made, mask = _tokens(model, [lesson.ids for lesson in batch])
    wanted = torch.zeros_like(made)
    for row, lesson in zip(wanted, batch, strict=True):
        row[: len(lesson.ids)] = torch.from_numpy(lesson.tokens.astype(np.float32))
    pooled = [(vectors * mask[..., None]).sum(dim=1) for vectors in (made, wanted)]
    whole = 1 - torch.nn.functional.cosine_similarity(*pooled).mean()
    off = (made - wanted).square().sum(dim=-1) * mask
    return whole + off.sum() / (wanted.square().sum(dim=-1) * mask).sum()


def _tokens(model: Any, texts: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """Vectors of tokens, float32 (texts, longest, width), and which of them are there, 0 or 1."""
    import torch

    longest = max(map(len, texts))
    ids = torch.tensor([[*text, *[0] * (longest - len(text))] for text in texts])
    mask = torch.tensor([[n < len(text) for n in range(longest)] for text in texts])
    found = model[0].auto_model(input_ids=ids, attention_mask=mask.long())[0]
    return found.float(), mask.float()


def _lessons(teacher: Any, learnt: Sequence[str]) -> list[Lesson]:
    import torch

    cut_at = teacher.max_seq_length
    ids = teacher.tokenizer(list(learnt), truncation=True, max_length=cut_at)["input_ids"]
    ids.sort(key=len)
    made = []
    with torch.no_grad():
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            rows = _tokens(teacher, batch)[0].numpy().astype(np.float16)
            made += [Lesson(its, row[: len(its)]) for its, row in zip(batch, rows, strict=True)]
    return made


def _model() -> Any:
    from sentence_transformers import SentenceTransformer

    # Without dropout: the student is to give the teacher's very numbers.
    return SentenceTransformer(weights.find(weights.DEFAULT).source, device="cpu").eval()


def judged(folder: Path, questions: Path = QUESTIONS) -> dict[str, Judged]:
    """What quality is measured on; the folder takes a file of queries."""
    sets = {
        "sample": Judged(*(DATA / n for n in ("directory.jsonl", "queries.jsonl", "qrels.txt")))
    }
    if questions.is_file():
        asked = [record for record in _read(questions) if record["role"] == "queries"]
        fields = ("id", "topic", "title", "text")
        lines = [json.dumps({field: record[field] for field in fields}) for record in asked]
        queries = folder / "queries.jsonl"
        queries.write_text("\n".join(lines) + "\n", "utf-8")
        its = questions.parent
        sets["counselchat"] = Judged(its / "therapists.jsonl", queries, its / "qrels.txt")
    return sets


def floats(folder: Path) -> Encoder:
    """The teacher as an encoder in 32-bit floats, which cosines are taken to."""
    export(weights.find(weights.DEFAULT), folder, FLOAT32)
    return Encoder(folder)


def measured(
    student: Student, sets: dict[str, Judged], indexes: Path, teacher: Encoder
) -> tuple[dict[str, Any], Encoder]:
    """A student's row, but for its times, and its encoder as it is served."""
    precision, cosines, ndcg = INT8, [], {}
    for name, its in sets.items():
        try:
            build(its.directory, indexes / name, Options(student.model, precision=precision))
        except Damaged:  # in integers it is too far from its own floats
            precision = FLOAT32
            build(its.directory, indexes / name, Options(student.model, precision=precision))
        matcher = Matcher.open(indexes / name)
        queries = read_queries(its.queries)
        (row,) = evaluate({"": engine(matcher)}, queries, read_qrels(its.qrels))
        ndcg[name] = row.measures["nDCG@10"]
        asked = [query.text for query in queries]
        encoder = matcher.contents.encoder
        pair = [each.encode_all(asked) for each in (teacher, encoder)]
        cosines += np.einsum("td,td->t", *pair).tolist()
    facts = {"name": student.name, "kept": list(student.kept), "minutes": student.minutes}
    trained = {"steps": student.steps, "read": student.read, "precision": precision}
    cosine = round(float(np.mean(cosines)), 5)
    return {**facts, **trained, "cosine": cosine, "ndcg": ndcg}, encoder


def timed(encoders: Sequence[Encoder], asked: Sequence[str]) -> list[list[list[int]]]:
    """Nanoseconds of a text with its spans, by encoder, round and text.

    The encoders take turns at each text, so that all meet the same machine.
    """
    times: list[list[list[int]]] = [[[] for _ in range(ROUNDS)] for _ in encoders]
    spans = [struggles(text) for text in asked]
    for encoder in encoders:
        encoder.encode_spans(asked[0], spans[0])
    for number in range(ROUNDS):
        for turn, (text, its) in enumerate(zip(asked, spans, strict=True)):
            for step in range(len(encoders)):
                place = (turn + number + step) % len(encoders)
                begun = time.perf_counter_ns()
                encoders[place].encode_spans(text, its)
                times[place][number].append(time.perf_counter_ns() - begun)
    return times


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    main()
