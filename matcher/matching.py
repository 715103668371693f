"""The matcher: from a client's words to therapists, each with the sentence that answers them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import copy
from time import perf_counter
from typing import Any

import numpy as np

from index.errors import BadInput
from index.filters import Terms, admitted
from index.rows import Ints, Mask
from index.search import Ranking, search
from index.versions import Store, Version
from index.where import Where, place
from matcher.asking import Asked, limited
from matcher.changes import Changes
from matcher.contents import Contents
from matcher.evidence import evidence
from matcher.feedback import known
from matcher.filters import Filters, conditions
from matcher.language import language
from matcher.narrowing import Narrowing, narrowing
from matcher.paging import page_start, page_token
from matcher.passages import struggles
from matcher.query import Query
from matcher.ranking import Weights, probes
from matcher.records import Therapist
from matcher.results import Counts, Match, Result
from matcher.safety import COUNTRY, Crisis, crisis, helplines
from matcher.similar import Similar, similar
from matcher.text import checked
from matcher.understanding import understood
from matcher.wishes import rules


class Matcher:
    """Answers from one version. Safe to call from several threads; keeps nothing of a text."""

    def __init__(
        self,
        version: Version,
        changes: Changes,
        trouble: str = "",
        beside: "Matcher | None" = None,
    ) -> None:
        """Take a version whose files were checked. Raises Damaged.

        What it has in common with the one that answers `beside` it is shared, not loaded again.
        """
        self.version = version
        self.trouble = trouble  # what is wrong with the live version, if this stands in for it
        self.weights = Weights.packaged()
        self._own: Contents = Contents.load(version, beside._own if beside else None)
        crisis("")  # reads all that a notice takes, so that it is there when one is needed
        helplines()
        language("")
        rules()
        self._take(changes)

    @classmethod
    def open(
        cls,
        index: Where,
        version: str | None = None,
        hashes: bool = True,
        beside: "Matcher | None" = None,
    ) -> "Matcher":
        """Open the live version of an index, or the one named.

        Sizes are always checked, and hashes unless told not to. Where the live version is damaged
        its nearest sound ancestor is opened, and `trouble` says so. `beside` is the one that
        answers meanwhile: what both versions have in common is not loaded again.
        Raises NotBuilt, Damaged, TooNew or Away, each saying what to do.
        """
        store = Store(place(index))
        opened, trouble = (store.open(version, hashes), "") if version else store.sound(hashes)
        return cls(opened, Changes.read(store.engine.where), trouble, beside)

    def with_changes(self, changes: Changes) -> "Matcher":
        """A matcher of the same version that answers by these changes."""
        other = copy(self)
        other._take(changes)
        return other

    def _take(self, changes: Changes) -> None:
        self.changes = changes
        self.contents = self._own.with_changes(changes)
        self._state = f"{self.version.id} {changes.state}"  # of all that answers follow from

    def match(
        self,
        text: str,
        filters: Mapping[str, Any] | Filters | None = None,
        limit: int = 10,
        min_score: float | None = None,
        *,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        misread: Sequence[str] = (),
        page: str | None = None,
        country: str = COUNTRY,
    ) -> Result:
        """The therapists whose statements answer the text, best first; ties by id.

        `text` has 1 to 4,000 characters, `limit` is 1 to 100; `min_score` cuts what lies below.
        `like` and `unlike` are ids of therapists whom the client wants more like, and doesn't
        want: these are left out, and those like them go down. `misread` are slugs of issues and
        approaches that the text was understood to speak of and doesn't. Of each up to 20.
        `page` is the `next_page` of a result for the same request: the list goes on there.
        `country` is whose crisis lines are given.
        Raises BadInput, whose message never repeats the text, and Stale for a page of another
        version, or of this one before a change.
        """
        asked = Asked.of(
            text, filters, limit, min_score, like=like, unlike=unlike, misread=misread, page=page
        )
        return self.answer(asked, country)

    def answer(self, asked: Asked, country: str = COUNTRY) -> Result:
        """What `match` says to a request that was checked. Raises BadInput and Stale."""
        start = self.start(asked)
        contents, feedback = self.contents, asked.feedback
        mask, terms = self._admitted(asked.filters)
        unliked = known(contents, feedback.unlike)
        wanting = mask.copy()
        wanting[unliked] = False
        terms = Terms(terms.conditions, np.union1d(terms.apart, unliked))
        begun = perf_counter()
        query = Query.of(asked.text, contents).without(feedback.misread, contents.taxonomy)
        encoded = perf_counter()
        moved = feedback.moved(query, contents)
        # One more than is shown, which tells whether the list goes on.
        ranking = self._search(moved, start + asked.limit + 1, wanting, terms)
        _reached(start, len(ranking.groups), int(wanting.sum()))
        scores = self.weights.calibrated(ranking.scores)
        best = scores
        if moved is not query:  # whom one likes is near to what one likes, whatever one wrote
            best = self.weights.calibrated(self._search(query, 1, wanting, terms).scores)
        searched = perf_counter()
        listed = len(scores)
        if asked.min_score is not None:
            listed = sum(score >= asked.min_score for score in scores)
        end = min(listed, start + asked.limit)
        # Where the least score cuts nothing, there may be more than a search this large lists.
        more = listed > end or listed == len(scores) < wanting.sum()
        heard = contents.alarm.heard(asked.text, query.spans, query.whole, query.parts)
        return Result(
            matches=self._matches(ranking.groups[start:end], scores[start:end], query),
            good_match=bool(best) and best[0] >= self.weights.good_match,
            understood=understood(contents, query),
            counts=Counts(len(contents), int(mask.sum())),
            crisis=crisis(asked.text, heard, country=country),
            version=self.version_told,
            next_page=page_token(self._state, end) if more else None,
            plan=ranking.plan,
            seconds={"encoding": encoded - begun, "searching": searched - encoded},
        )

    def _matches(self, groups: Ints, scores: Sequence[float], query: Query) -> list[Match]:
        therapists = [self.contents.therapist(group) for group in groups.tolist()]
        quotes = evidence(self.contents, groups, therapists, query)
        return list(map(Match, therapists, scores, quotes))

    def start(self, asked: Asked) -> int:
        """The number of the first match of the page asked for. Raises BadInput and Stale."""
        return 0 if asked.page is None else page_start(asked.page, self._state)

    def _search(self, query: Query, limit: int, mask: Mask, terms: Terms) -> Ranking:
        contents = self.contents
        asked = probes(query, contents, self.weights)
        return search(contents.fields, asked, limit, mask, contents.proposals, terms)

    def similar(self, id_: str, limit: int = 10) -> list[Similar] | None:
        """The other therapists whose statements are nearest to this one's, best first; ties by id.

        None where nobody has this id. Raises BadInput.
        """
        limited(limit)
        contents = self.contents
        group = contents.groups.get(id_)
        return None if group is None else similar(contents, group, limit)

    def danger(self, text: str, country: str = COUNTRY) -> Crisis | None:
        """What danger a text speaks of, as `match` tells it; by its words alone where it can't be
        encoded, so that this never fails.
        """
        heard: tuple[str, ...] = ()
        with suppress(Exception):
            contents = self.contents
            spans = list(struggles(checked(text)))
            heard = contents.alarm.heard(text, spans, *contents.encoder.encode_spans(text, spans))
        return crisis(text, heard, country=country)

    def counts(self, filters: Mapping[str, Any] | Filters | None = None) -> Narrowing:
        """How many therapists qualify, and how many would with one filter set otherwise or dropped.

        Raises BadInput.
        """
        return narrowing(self.contents, Filters.of(filters), self.version_told)

    def qualifying(self, filters: Mapping[str, Any] | Filters | None = None) -> int:
        """How many therapists qualify. Raises BadInput."""
        return int(self._admitted(Filters.of(filters))[0].sum())

    def _admitted(self, wanted: Filters) -> tuple[Mask, Terms]:
        """Who qualifies, and what that follows from."""
        contents = self.contents
        asked = list(conditions(wanted, contents.taxonomy, contents.zips).values())
        mask = admitted(contents.columns, asked) & contents.present
        return mask, Terms(asked, contents.apart)

    @property
    def version_told(self) -> str:
        """The version's id, and how many therapists differ from its own records."""
        return f"{self.version.id}+{self.contents.changed}"

    def therapist(self, id_: str) -> Therapist | None:
        """The therapist of this id, or None."""
        group = self.contents.groups.get(id_)
        return None if group is None else self.contents.therapist(group)


def _reached(start: int, listed: int, admitted: int) -> None:
    """Raise BadInput for a page deeper than the list is in a directory so large."""
    if listed <= start < admitted:
        raise BadInput(
            f"page lies beyond the first {listed:,} therapists, which are all that a search this "
            "wide lists: narrow it by filters",
            "page",
        )
