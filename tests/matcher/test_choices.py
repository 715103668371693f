from matcher import Matcher


def test_choices_are_the_values_that_therapists_state(small: Matcher) -> None:
    assert small.contents.choices["insurance"] == ("Aetna", "Cigna")
    assert small.contents.choices["languages"] == ("English", "Spanish")
    assert small.contents.choices["ages"] == ("Teens",)
    assert small.contents.choices["state"] == ("NV", "OR", "WA")
    assert small.contents.choices["gender"] == ("man", "woman")
    assert small.contents.choices["issues"] == ("grief", "panic-attacks", "sleep")
    assert small.contents.choices["approaches"] == ("cbt", "emotionally-focused", "relational")
