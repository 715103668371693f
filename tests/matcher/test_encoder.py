"""The version's encoder against the model it is exported from."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from matcher import Matcher, weights
from matcher.adapter import merge
from matcher.encoder import Encoder
from matcher.passages import Span, struggles

LONG = "I lie awake and count what I said that day. " * 60


@pytest.fixture(scope="module")
def encoder(small: Matcher) -> Encoder:
    return small.contents.encoder


def test_it_says_what_sentence_transformers_says(encoder: Encoder) -> None:
    sentence_transformers = pytest.importorskip("sentence_transformers")
    found = weights.find(weights.DEFAULT)
    model = sentence_transformers.SentenceTransformer(found.source)
    assert found.adapter
    merge(model, found.adapter)
    texts = ["sleep", "My mother died and I can't stop working.", "¿Quién soy? 夜 😀", LONG[:900]]
    expected = model.encode(texts, batch_size=1, normalize_embeddings=True)
    cosines = np.einsum("td,td->t", encoder.encode_all(texts), expected)
    assert cosines.min() > 0.98  # integers for floats; the float graph is held to 0.9999 at export


def test_one_pass_gives_the_text_and_its_struggles(encoder: Encoder) -> None:
    text = "My mother died in the spring. I can't stop working at night. Nobody here talks of it."
    spans = struggles(text)
    whole, parts = encoder.encode_spans(text, spans)
    np.testing.assert_array_equal(whole, encoder.encode(text))
    assert parts.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(parts, axis=1), 1, atol=1e-6)
    alone = np.stack([encoder.encode(span.of(text)) for span in spans])
    assert (parts @ alone.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_a_struggle_of_a_long_text_is_found_in_the_window_it_stands_in(encoder: Encoder) -> None:
    text = LONG + "And my husband drinks every night."
    last = Span(len(LONG), len(text))
    blank = Span(len(LONG) - 1, len(LONG))
    whole, parts = encoder.encode_spans(text, [Span(0, 44), last, blank])
    drinks = encoder.encode("My husband drinks every night.")
    assert parts[1] @ drinks > 0.5 > parts[0] @ drinks
    np.testing.assert_array_equal(parts[2], whole)


def test_a_clients_text_is_read_in_shorter_windows_than_a_statement(encoder: Encoder) -> None:
    text = "I keep checking the stove before I leave. " * 20  # some 180 tokens
    statement, (asked, _) = encoder.encode(text), encoder.encode_spans(text, ())
    halves = np.stack([encoder.encode(text[:420]), encoder.encode(text[420:])])
    mean = halves.mean(axis=0) / np.linalg.norm(halves.mean(axis=0))
    assert asked @ mean > 0.999 > asked @ statement


def test_vectors_are_unit_and_float32(encoder: Encoder) -> None:
    vector = encoder.encode("a few words")
    assert vector.dtype == np.float32
    assert vector.shape == (384,)
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-6)


def test_the_end_of_a_long_text_counts(encoder: Encoder) -> None:
    plain, ended = encoder.encode(LONG), encoder.encode(LONG + " And my husband drinks.")
    assert 0.9 < float(plain @ ended) < 0.9999


def test_a_text_has_one_vector_whatever_runs_beside_it(encoder: Encoder) -> None:
    texts = [f"I worry about {what}" for what in ("work", "money", "my son", "everything")] * 10
    alone = [encoder.encode(text).tobytes() for text in texts]
    with ThreadPoolExecutor(8) as pool:
        beside = [vector.tobytes() for vector in pool.map(encoder.encode, texts)]
    assert alone == beside == [vector.tobytes() for vector in encoder.encode_all(texts)]


def test_nothing_is_reported_to_anyone(built: Path, tmp_path: Path) -> None:
    # The runtime's reporting leaves an identity in the home folder before it sends anything; it is
    # off by itself where CI is set.
    unset = ("CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    home = tmp_path / "home"
    home.mkdir()
    code = f"from matcher import Matcher; Matcher.open({str(built)!r}).match('I lie awake')"
    subprocess.run(
        [sys.executable, "-c", code], env=environment | {"HOME": str(home)}, check=True, timeout=120
    )
    assert list(home.rglob("*")) == []
