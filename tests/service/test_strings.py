"""The page's own words: each is there, is used, is given what it needs, and is plain."""

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from fluent.syntax import parse
from fluent.syntax.ast import Junk, Message
from jinja2 import Environment, nodes
from pyphen import Pyphen

from matcher.files import read_data
from matcher.filters import Filters
from matcher.wishes import rules
from service.form import FIELDS
from service.strings import DEFAULT, FOLDER, Strings, has_strings, languages

SERVICE = FOLDER.parent
ENGLISH = Strings()
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.ftl"))
TEMPLATES = sorted((SERVICE / "templates").glob("*.html"))
CODE = sorted(SERVICE.glob("*.py"))


def patterns(language: str) -> Mapping[str, str]:
    """Each string as the file has it, by name."""
    source = (FOLDER / f"{language}.ftl").read_text("utf-8")
    return {
        entry.id.name: source[entry.value.span.start : entry.value.span.end]
        for entry in parse(source).body
        if isinstance(entry, Message) and entry.value and entry.value.span
    }


WRITTEN = patterns(DEFAULT)


def needs(written: str) -> set[str]:
    """The names of the values that go into a string."""
    return set(re.findall(r"\$([a-z_]+)", written))


def ways(name: str) -> Iterator[str]:
    """A string with each value that its variants tell apart, and with some others."""
    for value in (*re.findall(r"\[(\w+)\]", WRITTEN[name]), 0, 1, 2, 4001, "Anna", "98101"):
        yield ENGLISH(name, **dict.fromkeys(needs(WRITTEN[name]), value))


def calls() -> Iterator[tuple[str, set[str]]]:
    """Strings asked for by name in templates and in code, with the values given."""
    for path in TEMPLATES:
        for call in Environment().parse(path.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in ("s", "c"):
                for name in _names(call.args[0]):
                    yield name, {given.key for given in call.kwargs}
    for path in CODE:
        for part in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(part, ast.Call) and part.args and isinstance(part.args[0], ast.Constant):
                called = ast.unparse(part.func)
                if called in ("strings", "_strings(request)", "Mistake"):
                    yield str(part.args[0].value), {str(given.arg) for given in part.keywords}


def _names(argument: nodes.Expr) -> list[str]:
    if isinstance(argument, nodes.Concat):  # composed: see below
        return []
    if isinstance(argument, nodes.CondExpr):
        return [*_names(argument.expr1), *_names(argument.expr2 or nodes.Const(""))]
    assert isinstance(argument, nodes.Const), "a string is asked for by its name"
    return [argument.value]


def composed() -> dict[str, set[str]]:
    """What the names begin with that are put together, and all that may follow."""
    return {
        "filter-": {*FIELDS, *Filters.model_fields} - {"issues"},  # the page doesn't offer these
        "wish-": {rule.filter for rule in rules()},
        "country-": set(read_data("crisis.json")["countries"]),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_of_strings_is_read_to_its_end(language: str) -> None:
    source = (FOLDER / f"{language}.ftl").read_text("utf-8")
    assert not [entry for entry in parse(source).body if isinstance(entry, Junk)]


@pytest.mark.parametrize("name", WRITTEN)
def test_a_string_says_what_is_put_into_it(name: str) -> None:
    for said in ways(name):
        assert said == said.strip() != ""
        assert not re.search(r"[{}]|\$[a-z]|  ", said)
    placed = re.findall(r"\{ \$([a-z_]+) \}", WRITTEN[name])
    said = ENGLISH(name, **{value: f"<{value}>" for value in placed})
    assert all(f"<{value}>" in said for value in placed)


def test_what_is_put_in_is_text_with_no_marks_around_it() -> None:
    assert ENGLISH("chip-back", name="{ $count }") == "Put { $count } back"


@pytest.mark.parametrize("name", ["no-such-string", "", "title "])
def test_a_string_that_is_missing_is_an_error(name: str) -> None:
    with pytest.raises(KeyError):
        ENGLISH(name)


def test_a_language_without_a_file_is_refused_and_told_where_it_would_be() -> None:
    assert not has_strings("fr")
    assert not has_strings(None)
    with pytest.raises(ValueError, match="'fr': write a file for it in locales/"):
        Strings("fr")


def test_what_a_translation_lacks_is_said_in_english() -> None:
    spanish = Strings("es")
    assert spanish("crisis-call", number="988") == "llame al 988"
    lacking = WRITTEN.keys() - patterns("es").keys()
    assert "title" in lacking
    for name in lacking:
        values = dict.fromkeys(needs(WRITTEN[name]), 2)
        assert spanish(name, **values) == ENGLISH(name, **values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_says_what_the_english_does(language: str) -> None:
    other = patterns(language)
    assert other.keys() <= WRITTEN.keys()
    assert {name: needs(other[name]) for name in other} == {
        name: needs(WRITTEN[name]) for name in other
    }


def test_a_page_is_offered_only_in_languages_that_it_is_all_written_in() -> None:
    assert languages() == ["en"]
    assert has_strings("es")


def test_days_and_languages_are_called_as_a_reader_calls_them() -> None:
    assert ENGLISH.day(date(2026, 11, 2)) == "November 2, 2026"
    assert Strings("es").day(date(2026, 11, 2)) == "2 de noviembre de 2026"
    assert (ENGLISH.called("es"), Strings("es").called("es")) == ("Spanish", "español")
    assert [ENGLISH.called(code) for code in ("", "zz", "no such", "ceb-x")] == ["", "", "", ""]


def test_every_string_that_is_asked_for_is_there_and_is_given_what_it_needs() -> None:
    asked = list(calls())
    assert len(asked) > 60
    for name, given in asked:
        assert name in WRITTEN
        assert needs(WRITTEN[name]) <= given, name


def test_every_name_in_the_code_that_looks_like_a_string_is_one() -> None:
    kinds = "|".join({name.split("-")[0] for name in WRITTEN if "-" in name})
    code = "".join(path.read_text("utf-8") for path in CODE)
    named = set(re.findall(rf'"((?:{kinds})-[a-z-]+)"', code))
    assert {"card-online", "choice-fee", "mistake-zip"} <= named
    assert named <= WRITTEN.keys()


def test_names_that_are_put_together_are_all_there_and_no_others() -> None:
    for start, ends in composed().items():
        found = {name.removeprefix(start) for name in WRITTEN if name.startswith(start)}
        assert found == ends


def test_every_string_is_said_somewhere() -> None:
    text = "".join(path.read_text("utf-8") for path in (*TEMPLATES, *CODE))
    named = set(re.findall(r"""["']([a-z_-]+)["']""", text))
    put_together = {start + end for start, ends in composed().items() for end in ends}
    assert WRITTEN.keys() - named - put_together == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_no_words_of_its_own(template: Path) -> None:
    page = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", template.read_text("utf-8"), flags=re.S)
    read_aloud = re.findall(r'(?:aria-label|title|alt|placeholder|data-[a-z-]+)="([^"]*)"', page)
    assert {said for said in read_aloud if said not in ("print", "copy", "save")} <= {""}
    assert not re.findall(r"[^\W\d_]+", re.sub("<[^>]*>", "", page))


def test_a_child_of_twelve_can_read_the_page() -> None:
    """Flesch-Kincaid grade level (Kincaid et al., 1975); at twelve one is in the sixth grade:

    0.39 * words / sentences + 11.8 * syllables / words - 15.59
    """
    said = [ENGLISH(name, **dict.fromkeys(needs(WRITTEN[name]), 2)) for name in WRITTEN]
    text = " ".join(one for one in said if one.endswith((".", ":", "?")))
    sentences = [part for part in re.split(r"[.:?]+(?:\s|$)", text) if part]
    words = re.findall(r"[^\W\d_]+(?:[’-][^\W\d_]+)*", text)
    pyphen = Pyphen(lang="en_US")
    syllables = sum(len(pyphen.positions(word)) + 1 for word in words)
    assert len(sentences) > 40
    grade = 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
    assert grade <= 6
