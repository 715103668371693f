"""The crisis notice: what has to raise it, and what has to stay quiet."""

import pytest

from matcher.safety import crisis

RAISED = {
    "suicide": [
        "I want to kill myself",
        "i dont want to be here anymore",
        "Sometimes I think everyone would be better off without me.",
        "there is no reason to live since she left",
        "my son says he wants to kill himself and I don't know what to do",
        "I’m thinking about suicide again",
        "I just want to die",
        "I wish I was dead",
        "I took all of my pills last night",
        "not sleeping, can't go on like this",
        "I keep thinking of jumping off a bridge",
        "I wrote a goodbye letter",
        "I am suicidal",
        "I have a plan to end it and I bought the pills",
        "I took a whole bottle of Tylenol last night",
        "sometimes i think about driving my car into a tree",
        "I don't see any reason to keep living",
        "I can't stop thinking about dying and how I'd do it",
        "I want to disappear forever and not exist",
        "I have nothing left to live for",
        "I attempted suicide last year",
        "I overdosed last week",
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
        "My dad beats us when he is drunk",
        "I'm afraid of my boyfriend",
        "I am scared to go home",
        "my ex threatened to kill me",
        "I was raped two years ago",
        "my stepfather touched me in my sleep",
        "I am scared I might hurt my baby",
        "she threw me against the wall",
        "My stepdad touches me at night",
        "I feel like hurting my baby when she won't stop crying",
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
