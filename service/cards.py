"""What a card says of a therapist, from the directory's record; what isn't stated isn't guessed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from matcher.evidence import Evidence
from matcher.records import Therapist
from service.strings import Strings


@dataclass(frozen=True)
class Facts:
    """The lines of a card; `open` is None where the therapist doesn't say."""

    title: str  # what they are, where, and how one meets
    open: bool | None
    taking: str
    confirmed: str
    fee: str
    insurance: str


def facts(therapist: Therapist, strings: Strings) -> Facts:
    """The facts of a therapist in the page's own words."""
    record = therapist.record
    place = ", ".join(filter(None, (record.get("city"), record.get("state"))))
    ways = [("telehealth", "card-online"), ("in_person", "card-person")]
    meets = [strings(said) for name, said in ways if record.get(name)]
    accepting = record.get("accepting")
    taking = {True: "card-open", False: "card-full", None: "card-unsaid"}[accepting]
    confirmed = ""
    if accepting is not None and record.get("confirmed"):
        confirmed = strings(
            "card-confirmed", date=strings.day(date.fromisoformat(record["confirmed"]))
        )
    takes = record.get("insurance")
    return Facts(
        title=" · ".join(filter(None, (record.get("title"), place, *meets))),
        open=accepting,
        taking=strings(taking),
        confirmed=confirmed,
        fee=_fee(record, strings),
        insurance=strings("card-insurance", names=", ".join(takes))
        if takes
        else strings("card-insurance-unsaid"),
    )


def writes(therapist: Therapist, strings: Strings) -> str:
    """Who writes: "She writes", where the pronouns are plain, or the name."""
    first = therapist.record.get("pronouns", "").casefold().partition("/")
    plain = {("she", "her"): "she", ("he", "him"): "he"}
    pronoun = plain.get((first[0].strip(), first[2].strip()), "other")
    return strings("card-writes", pronoun=pronoun, name=therapist.record["name"])


def marked(text: str, evidence: Iterable[Evidence]) -> Markup:
    """A statement with its quoted passages marked."""
    parts, at = [Markup("")], 0
    for quote in sorted(evidence, key=lambda e: e.start):
        parts += [Markup.escape(text[at : quote.start]), Markup("<mark>")]
        parts += [Markup.escape(text[quote.start : quote.end]), Markup("</mark>")]
        at = quote.end
    return Markup("").join([*parts, Markup.escape(text[at:])])


def _fee(record: Any, strings: Strings) -> str:
    known = [record[name] for name in ("fee_min", "fee_max") if record.get(name) is not None]
    if not known:
        return strings("card-fee-unsaid")
    low, high = (f"{fee:g}" for fee in (min(known), max(known)))
    said = strings("card-fee", fee=low) if low == high else strings("card-fees", low=low, high=high)
    return f"{said}, {strings('card-sliding')}" if record.get("sliding_scale") else said
