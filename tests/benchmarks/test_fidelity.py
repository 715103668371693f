from pathlib import Path

import numpy as np

from benchmarks import raw
from benchmarks.fidelity import each
from benchmarks.sections import fidelity
from matcher import Matcher
from matcher.passages import struggles


def test_a_pass_for_each_struggle_gives_what_it_has_when_alone(small: Matcher) -> None:
    encoder = small.contents.encoder
    text = "My mother died in the spring. I can't stop working at night. Nobody here talks of it."
    spans = struggles(text)
    whole, parts = each(encoder, text, spans)
    np.testing.assert_array_equal(whole, encoder.encode(text))
    for part, span in zip(parts, spans, strict=True):
        np.testing.assert_array_equal(part, encoder.encode(span.of(text)))


def test_the_section_holds_the_figures_of_the_raw_file(tmp_path: Path) -> None:
    row = {
        "set": "sample",
        "precision": "int8",
        "passes": "one",
        "queries": 160,
        "topics": 76,
        "nDCG@10": 0.3441,
        "overlap": 0.9012,
        "ns": [4_000_000, 6_000_000],
    }
    raw.write(tmp_path, "fidelity", [row])
    text = "\n".join(fidelity.section(tmp_path, tmp_path))
    assert "| sample (160 queries, 76 topics) | int8 | one | 0.3441 | 0.901 | 5.0 ms |" in text
