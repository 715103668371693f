"""What a card says of a therapist, from the directory's record; what isn't stated isn't guessed."""

import re
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
        # Beside the string, as Fluent puts in no more than 2,500 letters.
        insurance=f"{strings('card-insurance')} {', '.join(takes)}"
        if takes
        else strings("card-insurance-unsaid"),
    )


def writes(therapist: Therapist, strings: Strings) -> str:
    """Who writes: "She writes", where the pronouns are plain, or the name."""
    pronouns = re.findall(r"\w+", therapist.record.get("pronouns", "").casefold())
    plain = {("she", "her"): "she", ("he", "him"): "he"}
    pronoun = plain.get(tuple(pronouns[:2]), "other")
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
    said = strings("card-fee-unsaid")
    if known:
        low, high = _money(min(known)), _money(max(known))
        one = low == high
        said = strings("card-fee", fee=low) if one else strings("card-fees", low=low, high=high)
    return f"{said}, {strings('card-sliding')}" if record.get("sliding_scale") else said


def _money(fee: float) -> str:
    return f"{fee:,.0f}" if fee == int(fee) else f"{fee:,.2f}"
