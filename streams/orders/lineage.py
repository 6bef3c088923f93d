"""What dockets say of each other's appeals goes in, each docket's case family comes out.

A district case, its appeals, and what of these the Supreme Court hears are one family, named by
the lowest docket. Which case a docket is an appeal of is said best by its own docket's fields, then
by its own words, then by the docket of the case. Nothing is guessed: a number without its office,
where the court has several, and an appeal that several cases name as theirs, join no family.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from streams.facts.case_links import CaseLink, may_be, names_one_docket
from streams.facts.instants import Instant
from streams.feeds.court.courts import level


@dataclass(frozen=True, slots=True)
class Place:
    """Where a docket stands among the others."""

    family: str
    """``court/docket`` of the lowest case."""
    appeal_of: str | None
    """``court/docket`` that it is an appeal of, as far as it is named; in another family where that
    may be several dockets."""
    known_at: Instant | None
    """Arrival of the last evidence that the family rests on; None for a case by itself."""


class Lineage:
    """All that is said of appeals, and the place of any docket."""

    def __init__(self, links: Iterable[CaseLink] = ()) -> None:
        self._links: dict[str, CaseLink] = {}
        self._of: dict[str, dict[str, CaseLink]] = defaultdict(dict)
        self._above: dict[str, set[str]] = defaultdict(set)
        for link in links:
            self.take(link)

    def concerned(self, link: CaseLink) -> set[str]:
        """The dockets whose place a link, new, changed or retracted, may change."""
        old = self._links.get(link.case_link_id)
        appeals = {link.appeal} if old is None else {link.appeal, old.appeal}
        return {docket for appeal in appeals for docket in self._and_above(appeal)}

    def take(self, link: CaseLink) -> None:
        """Take up a link, new, changed or retracted."""
        old = self._links.pop(link.case_link_id, None)
        if old is not None:
            left = self._of[old.appeal]
            del left[old.case_link_id]
            if all(one.below != old.below for one in left.values()):
                self._above[old.below].discard(old.appeal)
        if not link.is_deleted:
            self._links[link.case_link_id] = link
            self._of[link.appeal][link.case_link_id] = link
            self._above[link.below].add(link.appeal)

    def place(self, docket: str) -> Place:
        """The place of a docket. An appeal goes from a lower court to a higher: it ends."""
        family, known = docket, list[Instant]()
        found, appeal_of = self._below(docket)
        while found is not None:
            family = found.below
            if found.known_at is not None:
                known.append(found.known_at)
            found, _ = self._below(family)
        return Place(family, appeal_of, max(known, default=None))

    def _below(self, docket: str) -> tuple[CaseLink | None, str | None]:
        """The link that places a docket, if one does, and what it is said to be an appeal of."""
        links = [
            one
            for one in self._of.get(docket, {}).values()
            if level(_court(one.below)) < level(_court(docket))
        ]
        own = min(
            (one for one in links if one.said_by == "appeal"),
            key=lambda one: (one.basis, one.below, one.case_link_id),  # 'field' before 'words'
            default=None,
        )
        if own is not None and names_one_docket(own.below):
            return own, own.below
        said = {
            one.below: one
            for one in sorted(links, key=lambda one: one.case_link_id)
            if one.said_by == "case" and (own is None or may_be(own.below, one.below))
        }
        if len(said) == 1:
            [link] = said.values()
            return link, link.below
        return None, own.below if own else None

    def _and_above(self, docket: str) -> set[str]:
        """A docket and all that may be appeals of it, at any remove."""
        found: set[str] = set()
        todo = [docket]
        while todo:
            one = todo.pop()
            if one not in found:
                found.add(one)
                todo += self._above.get(one, ())
        return found


def _court(case: str) -> str:
    return case.partition("/")[0]
