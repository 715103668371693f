from pathlib import Path

from benchmarks.rebuild import measure


def test_an_incremental_build_encodes_what_changed_and_equals_a_full_one(tmp_path: Path) -> None:
    figures = measure(12, tmp_path)
    assert figures["therapists"] == 12
    assert figures["statements_changed"] == 1
    # The sections of the therapist whose statement changed, cut anew, and its new passage.
    assert 2 <= figures["encoded_incremental"] <= 5 < figures["encoded_full"]
    assert figures["ratio"] < 1
