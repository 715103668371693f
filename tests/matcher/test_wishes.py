"""What is asked for is read as a wish, and what is merely told is not."""

import time

import pytest

from matcher.taxonomy import Taxonomy
from matcher.wishes import Wish, rules, wishes

TAXONOMY = Taxonomy.packaged()
STATED = {
    "insurance": ("Aetna", "Blue Cross Blue Shield", "Cigna", "UnitedHealthcare"),
    "languages": ("English", "Spanish"),
    "identities": ("Black", "LGBTQ+ affirming"),
    "approaches": ("act", "cbt", "emdr"),
}


def read(text: str) -> set[str]:
    """Wishes as `filter=value`, those ruled out with a minus before."""
    return {
        f"{'-' * wish.exclude}{wish.filter}={wish.value}" for wish in wishes(text, TAXONOMY, STATED)
    }


@pytest.mark.parametrize(
    ("text", "wished"),
    [
        # times
        ("I work days so it'd have to be evenings.", {"times=evenings"}),
        ("Is there anything after 7pm?", {"times=evenings"}),
        ("early mornings only, before work", {"times=mornings"}),
        ("Do you do evenings and Saturdays?", {"times=evenings", "times=weekends"}),
        ("I can't do mornings, my meds make me groggy", {"-times=mornings"}),
        ("Evenings don't work because of my classes", {"-times=evenings"}),
        # gender
        ("A woman, please.", {"gender=woman"}),
        ("I think I'd be more comfortable talking to a woman.", {"gender=woman"}),
        ("would prefer to see a male counselor if you have one", {"gender=man"}),
        ("any nonbinary therapists here?", {"gender=non-binary"}),
        ("no men please, I can't do it", {"-gender=man"}),
        ("I don't want a female therapist", {"-gender=woman"}),
        # languages
        ("I need a therapist who speaks Spanish for my mother.", {"languages=Spanish"}),
        ("does anyone here do therapy in Italian?", {"languages=Italian"}),
        ("a counselor fluent in ASL", {"languages=American Sign Language"}),
        # insurance
        ("I've got Cigna through my job.", {"insurance=Cigna"}),
        ("has to take Aetna", {"insurance=Aetna"}),
        ("my plan goes through uhc", {"insurance=UnitedHealthcare"}),
        # telehealth
        ("I'd need it to be online.", {"telehealth=true"}),
        ("In person only.", {"-telehealth=true"}),
        ("no zoom please", {"-telehealth=true"}),
        # fees
        ("someone who charges under $110", {"max_fee=110"}),
        ("My budget is about sixty dollars per session.", {"max_fee=60"}),
        # ages
        ("Therapist for my 14-year-old daughter", {"ages=teens"}),
        ("My son is 6 and needs help with his anger.", {"ages=children"}),
        ("looking for a counselor for my mother, who is 81", {"ages=elders"}),
        ("I'm 17 and my parents are divorcing", {"ages=teens"}),
        # identities
        ("a Muslim woman would be best", {"identities=Muslim", "gender=woman"}),
        ("needs to be LGBTQ friendly", {"identities=LGBTQ+ affirming"}),
        ("somebody who's served, please", {"identities=Veteran"}),
        ("please not a Christian therapist", {"-identities=Christian"}),
        # approaches
        ("I've heard about EMDR and want to try it.", {"approaches=emdr"}),
        ("Is there anyone who does parts work?", {"approaches=ifs"}),
        ("Looking for CBT or ACT", {"approaches=cbt", "approaches=act"}),
        ("Not CBT.", {"-approaches=cbt"}),
        ("no religious counselling", {"-approaches=christian-counseling"}),
        ("I've done DBT, it didn't help", {"-approaches=dbt"}),
        # state, near, accepting
        ("I'm in Tampa, Florida", {"state=FL"}),
        ("someone licensed in TX", {"state=TX"}),
        ("within 10 miles of 60614", {"near=60614"}),
        ("someone who's taking on new clients", {"accepting=true"}),
        # lists
        ("Female, evenings, Aetna.", {"gender=woman", "times=evenings", "insurance=Aetna"}),
    ],
)
def test_a_wish_is_read_where_it_is_asked_for(text: str, wished: set[str]) -> None:
    assert read(text) == wished


@pytest.mark.parametrize(
    "text",
    [
        "My evenings are empty since she left",
        "The only time I feel anything is at night.",
        "I want Sunday mornings like we used to have.",
        "my therapist was a woman",
        "I want a woman in my life.",
        "My husband would prefer a woman who doesn't cry.",
        "It turns out I prefer women.",
        "he speaks Spanish at home and I don't",
        "I want to learn Spanish for my wife's family",
        "Cigna denied the surgery and dad died.",
        "my dog Oscar died",
        "I'm better online than in person.",
        "I need to tell him in person.",
        "I make under $15 an hour",
        "I can't afford $400 rent.",
        "I need to see my kids and my daughter is 15 and pregnant",
        "I was 16 when he left.",
        "I'm 14 days sober.",
        "I'm a Black woman and I'm tired.",
        "I want a Christian wife.",
        "not EMDR I fear",
        "not just CBT",
        "EMDR helped me a lot.",
        "I need to act now. It is OK, OR is it? Tell ME",
        "my sister lives in Texas",
        "I owe 20450 on the car",
        "my gym is taking new members and my salon is taking new clients",
        "man or woman, it doesn't matter to me",
        "",
    ],
)
def test_what_is_told_is_no_wish(text: str) -> None:
    assert read(text) == set()


def test_a_wish_says_where_it_was_read() -> None:
    text = "Grüße İ 🌧️ — I’d like a female therapist. And no hypnosis!"
    female, hypnosis = wishes(text, TAXONOMY, STATED)
    assert text[female.start : female.end] == "I’d like a female therapist"
    assert text[hypnosis.start : hypnosis.end] == "no hypnosis"
    assert female == Wish("gender", "woman", False, female.start, female.end)


def test_wishes_come_in_the_texts_order_and_once() -> None:
    text = "Evenings please. I have Cigna. Cigna, please, and evenings only."
    assert [wish.value for wish in wishes(text, TAXONOMY, STATED)] == ["evenings", "Cigna"]


def test_what_is_both_wished_and_ruled_out_is_neither() -> None:
    assert read("I'd like EMDR. No EMDR please.") == set()


def test_a_directorys_spelling_and_its_own_values_are_given_back() -> None:
    stated = {
        "insurance": ("AETNA", "Sunflower Health Plan"),
        "languages": ("Basque",),
        "identities": ("Quaker",),
    }

    def told(text: str) -> list[str]:
        return [wish.value for wish in wishes(text, TAXONOMY, stated)]

    assert told("I have aetna.") == ["AETNA"]
    assert told("Do you accept Sunflower Health Plan?") == ["Sunflower Health Plan"]
    assert told("someone who speaks basque") == ["Basque"]
    assert told("I'd like a Quaker therapist") == ["Quaker"]
    assert read("I'd like a Quaker therapist") == set()


def test_a_directorys_approaches_are_read_by_its_names() -> None:
    taxonomy = TAXONOMY.described([{"name": "Forest Bathing", "description": "Among trees."}])
    found = wishes("I want to try forest bathing", taxonomy, {})
    assert [wish.value for wish in found] == ["forest bathing"]


@pytest.mark.parametrize(
    "piece",
    [
        "not ", "a woman ", "evening ", "evenings, ", "i need a ", "looking for someone who ",
        "my son, 8, ", "my 8 year old ", "1 ", "$1,", "1", "'", " - ", " ", "98101 ", "cbt or ",
        "i'd like a black woman who is a veteran and ", "5pm", "i really ", "a",
    ],
)  # fmt: skip
def test_hostile_texts_are_read_in_little_time(piece: str) -> None:
    rules()
    start = time.process_time()
    wishes((piece * 4000)[:4000], TAXONOMY, STATED)
    assert time.process_time() - start < 2
