"""The crisis notice: what has to raise it, and what has to stay quiet."""

import tomllib
from datetime import date

import pytest

from matcher.files import DATA, read_data
from matcher.safety import KINDS, crisis, helplines

RAISED = {
    "overdose": [
        "I overdosed last week",
        "I took a whole bottle of Tylenol last night",
        "I have a plan to end it and I bought the pills",
        "I took all of my pills last night",
    ],
    "child": [
        "I feel like hurting my baby when she won't stop crying",
        "My stepdad touches me at night",
        "I am scared I might hurt my baby",
        "my stepfather touched me in my sleep",
        "My dad beats us when he is drunk",
    ],
    "suicide": [
        "I want to kill myself",
        "i dont want to be here anymore",
        "Sometimes I think everyone would be better off without me.",
        "there is no reason to live since she left",
        "my son says he wants to kill himself and I don't know what to do",
        "I’m thinking about suicide again",
        "I just want to die",
        "I wish I was dead",
        "not sleeping, can't go on like this",
        "I keep thinking of jumping off a bridge",
        "I wrote a goodbye letter",
        "I am suicidal",
        "sometimes i think about driving my car into a tree",
        "I don't see any reason to keep living",
        "I can't stop thinking about dying and how I'd do it",
        "I want to disappear forever and not exist",
        "I have nothing left to live for",
        "I attempted suicide last year",
        "what's the point of living",
        "I can't live like this anymore",
        "I don´t want to live anymore",
        "I donʼt want to live anymore",
        "I don`t want to live anymore",
        "taking my own life is on my mind",
        "it's not worth living",
        "I wish I had never been born",
        "I'm going to jump in front of a train",
        "I want to go to sleep and never wake up again",
        "I'd rather not be here anymore",
    ],
    "self-harm": [
        "I cut myself when it gets too much",
        "my daughter has been cutting her arms",
        "I started self-harming again",
        "I have been burning myself with a lighter",
        "I have urges to cut again",
    ],
    "violence": [
        "my husband hits me",
        "He choked me last night and then he cried",
        "I'm afraid of my boyfriend",
        "I am scared to go home",
        "my ex threatened to kill me",
        "I was raped two years ago",
        "she threw me against the wall",
        "My partner locks me in the house and takes my phone",
        "My wife throws things at me and hits me",
        "My son says he wants to shoot up his school",
        "My brother is violent and I'm afraid for my life",
        "my father used to beat me",
        "my partner is abusive",
        "he forced himself on me",
        "My ex is stalking me",
        "I hear voices telling me to kill people",
        "he pulled a knife",
        "I think about how I want to kill my boss",
        "he says he is going to kill me",
        "there is domestic violence at home",
    ],
}
QUIET = [
    "My brother killed himself two years ago and I can't talk about it",
    "my friend committed suicide in march",
    "I'm dying to find someone who gets it",
    "this job is killing me",
    "I'm not suicidal, just tired",
    "I am afraid of dying",
    "I could kill for some sleep",
    "it hits me at night how alone I am",
    "I cut myself shaving and panicked, is that OCD",
    "I hurt myself at the gym and now I can't work",
    "my boss hit on me",
    "I want to live closer to my kids",
    "I don't want to live with my parents anymore",
    "we fight, but he would never hurt me",
    "I beat myself up over every mistake",
    "I want to cut ties with my mother",
    "I am trying to cut back on drinking",
    "he broke up with me and it feels like a punch",
    "I want to end it with my boyfriend",
    "how do I take my life back after divorce",
    "I don't want to be here for the holidays when they visit",
    "I cut myself off from my family",
    "I work as a nurse on a suicide hotline",
    "I'm scared to go home for Thanksgiving because of the arguments",
    "shooting myself in the foot at work",
    "drowning myself in work",
    "My ex stabbed me in the back by telling everyone",
    "I am afraid I will hurt my wife's feelings",
    "I was beaten by a colleague for the promotion",
    "I don't want to wake up early any more",
    "My girlfriend hit me up after two years",
    "My boyfriend threw me out of the band",
    "My mom burned us dinner",
    "I am afraid he will find out that I am gay",
    "I'm scared he is going to beat me to the promotion",
    "I'm terrified of my mother's cancer coming back",
    "no suicidal thoughts, I just feel low",
    "I have never been suicidal",
    "",
]


@pytest.mark.parametrize(("kind", "text"), [(k, t) for k, ts in RAISED.items() for t in ts])
def test_danger_is_met_with_its_kind_and_someone_to_call(kind: str, text: str) -> None:
    found = crisis(text)
    assert found is not None
    assert found.kind == kind
    assert "988" in {resource.call for resource in found.resources}
    assert crisis(text.upper().replace(" ", "  ")) == found


@pytest.mark.parametrize("text", QUIET)
def test_idioms_grief_and_denials_stay_quiet(text: str) -> None:
    assert crisis(text) is None


def test_the_most_pressing_kind_is_named_and_all_resources_are_given() -> None:
    found = crisis("my husband hits me and I want to die")
    assert found is not None
    assert found.kind == "suicide"
    names = [resource.name for resource in found.resources]
    assert names[0] == "988 Suicide & Crisis Lifeline"
    assert "National Domestic Violence Hotline" in names
    assert len(names) == len(set(names))


def test_every_resource_can_be_reached() -> None:
    for kind in ("I want to die", "I cut myself", "he hits me"):
        found = crisis(kind)
        assert found is not None
        for resource in found.resources:
            assert resource.url.startswith("https://")
            assert resource.call or resource.text


def test_a_text_made_to_be_slow_is_read_at_once() -> None:
    for text in ("he has " * 570, "my " * 1300, "want to " * 500, "afraid of my " * 300):
        crisis(text)


SPANISH = {
    "overdose": ["me tomé un frasco entero de pastillas", "mi hermano está morado y no respira"],
    "suicide": [
        "me quiero morir",
        "ya no quiero vivir así",
        "pienso en matarme",
        "mis hijos estarían mejor sin mí",
        "quisiera dormir y no despertar nunca",
        "No soy feliz, intenté suicidarme el mes pasado",
    ],
    "self-harm": ["me corto los brazos cuando estoy triste", "mi hija se hace daño con una navaja"],
    "child": ["mi padrastro me toca de noche", "mi esposo le pega a mi hijo"],
    "violence": [
        "mi marido me pega",
        "mi ex me amenaza con un cuchillo",
        "jura que si me voy me mata a golpes",
        "tengo miedo de mi esposo",
    ],
}
SPANISH_QUIET = [
    "no soy suicida, solo estoy triste",
    "no quiero morir, quiero cambiar de vida",
    "mi hermano se suicidó hace dos años",
    "mi primo murió de una sobredosis",
    "me muero de risa con mi hija",
    "me estoy matando trabajando",
    "este trabajo me mata",
    "me corté el pelo",
    "mi esposo no me pega, solo no me habla",
    "me pega la tristeza los domingos",
    "tengo miedo de morir",
    "me toca trabajar de noche",
]
MIXED = [
    ("I'm not suicidal but I cut myself every night", "self-harm"),
    ("I have no thoughts of suicide. My husband chokes me.", "violence"),
    ("My brother killed himself and now I want to die too", "suicide"),
    ("this job is killing me and i swallowed all my tablets", "overdose"),
    ("We lost dad to suicide; last night I shook my baby", "child"),
    ("He never hit me before, but yesterday he grabbed me by the throat", "violence"),
    ("no soy suicida pero me corto", "self-harm"),
    ("mi terapeuta no contesta, I want to kill myself", "suicide"),
]
ALSO_QUIET = [
    "I have no plans to hurt myself or anyone else",
    "he isn't violent and he's never laid a hand on me",
    "I'm not scared of him, just tired of the arguments",
    "asking for a raise would be career suicide",
    "My dad overdosed in 2019 and I miss him",
    "the anniversary of her suicide is next week",
    "I burned my hand on the stove cooking dinner",
    "I'm terrified I'll die in my sleep",
    "I could strangle my printer",
    "my toddler bites me and hits her brother",
    "my mum will kill me when she sees my grades",
    "I never got to say goodbye to her",
]


@pytest.mark.parametrize(("kind", "text"), [(k, t) for k, ts in SPANISH.items() for t in ts])
def test_danger_told_in_spanish_is_met_with_or_without_accents(kind: str, text: str) -> None:
    bare = text.translate(str.maketrans("áéíóúñ", "aeioun"))
    for said in (text, bare, text.upper()):
        found = crisis(said)
        assert found is not None
        assert found.kind == kind


@pytest.mark.parametrize("text", [*SPANISH_QUIET, *ALSO_QUIET])
def test_what_only_sounds_like_danger_stays_quiet(text: str) -> None:
    assert crisis(text) is None


@pytest.mark.parametrize(("text", "kind"), MIXED)
def test_what_is_denied_or_mourned_hides_no_other_danger(text: str, kind: str) -> None:
    found = crisis(text)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "words",
    ["i ", "not to ", "he then ", "took all of my ", "no me ha ", "said my ", "a", "my dad "],
)
def test_no_run_of_words_keeps_the_patterns_from_an_end(words: str) -> None:
    assert crisis((words * 4000)[:4000]) is None


COUNTRIES = list(read_data("crisis.json")["countries"])


@pytest.mark.parametrize("country", COUNTRIES)
def test_each_country_has_someone_for_every_kind_of_danger(country: str) -> None:
    known = helplines(country)
    assert tuple(known.kinds) == KINDS
    assert known.emergency.call
    assert known.talk.call or known.talk.text
    assert known.talk != known.emergency
    for resources in known.kinds.values():
        assert known.emergency in resources
        assert len(set(resources)) == len(resources) >= 2
        assert all(resource.url.startswith("https://") for resource in resources)
        assert resources[0].call or resources[0].text
    assert set(known.elsewhere) == set(COUNTRIES) - {country}
    assert all(known.elsewhere.values())


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_text_is_met_with_the_lines_of_its_country(country: str) -> None:
    found = crisis("I want to die", country=country)
    assert found is not None
    assert found.resources == helplines(country).kinds["suicide"]


def test_the_numbers_were_looked_up_on_a_day_that_has_been() -> None:
    assert date(2026, 1, 1) <= helplines().checked <= date.today()


def test_a_country_without_lines_is_refused_by_those_there_are() -> None:
    with pytest.raises(ValueError, match=f"'XX'.*{', '.join(COUNTRIES)}"):
        helplines("XX")


def test_who_writes_in_spanish_is_met_in_spanish_first() -> None:
    spanish = helplines("US").spanish
    assert spanish
    found = crisis("me quiero morir desde hace meses y no se lo he dicho a nadie")
    assert found is not None
    assert found.resources == (*spanish, *helplines("US").kinds["suicide"])
    english = crisis("I want to die and have told nobody for months")
    assert english is not None
    assert not set(spanish) & set(english.resources)


def test_what_the_alarm_hears_is_added_and_the_most_pressing_comes_first() -> None:
    heard = crisis("I can't sleep", heard=("violence", "overdose"))
    assert heard is not None
    assert heard.kinds == ("overdose", "violence")
    known = helplines().kinds
    assert heard.resources[: len(known["overdose"])] == known["overdose"]
    assert set(heard.resources) == {*known["overdose"], *known["violence"]}
    both = crisis("my husband hits me", heard=("suicide", "violence"))
    assert both is not None
    assert (both.kind, both.kinds) == ("suicide", ("suicide", "violence"))


def test_the_patterns_know_each_kind_in_the_order_of_how_pressing_it_is() -> None:
    rules = tomllib.loads((DATA / "danger.toml").read_text("utf-8"))
    assert tuple(kind for kind in rules if kind not in ("words", "quiet")) == KINDS
