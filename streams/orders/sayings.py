"""What each entry of a docket says of appeals goes in, the docket's links come out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

from streams.facts.case_links import CaseLink
from streams.facts.identity import Revision, identity
from streams.facts.instants import Instant
from streams.orders.appeals import Basis, Saying
from streams.orders.evidence import Preference

_Said = tuple[Literal["appeal", "case"], str, str, Basis]
_NEVER = Instant(1 << 62)


class Sayings:
    """All that the entries of one docket say of appeals.

    Each thing said is one link, however many entries say it; of the docket's own origin the best
    evidence decides.
    """

    def __init__(self) -> None:
        self._by_entry: dict[str, dict[_Said, Preference]] = {}
        self._known: dict[_Said, dict[str, tuple[Preference, Instant]]] = defaultdict(dict)
        self._best: dict[_Said, tuple[Preference, Instant]] = {}

    def put(self, entry_id: str, said: Iterable[Saying], known_at: Instant | None) -> None:
        """What an entry says, instead of what it said before."""
        now = {(one.said_by, one.appeal, one.below, one.basis): one.preference for one in said}
        for key in self._by_entry.pop(entry_id, {}):
            was = self._known[key].pop(entry_id)
            if key in self._best and (was[0] == self._best[key][0] or was[1] == self._best[key][1]):
                self._settle(key)
        if now:
            self._by_entry[entry_id] = now
        for key, preference in now.items():
            arrived = _NEVER if known_at is None else known_at
            self._known[key][entry_id] = (preference, arrived)
            best = self._best.get(key, (preference, arrived))
            self._best[key] = (min(preference, best[0]), min(arrived, best[1]))

    def links(self) -> dict[str, CaseLink]:
        """The links as they stand, by id."""
        return {one.case_link_id: one for one in self._links()}

    def _settle(self, key: _Said) -> None:
        left = self._known[key].values()
        if left:
            self._best[key] = (min(one[0] for one in left), min(one[1] for one in left))
        else:
            del self._known[key], self._best[key]

    def _links(self) -> Iterator[CaseLink]:
        origins: dict[tuple[str, Basis], tuple[Preference, _Said]] = {}
        for key, (preference, _) in self._best.items():
            said_by, appeal, below, basis = key
            if said_by == "case":
                yield self._link(key, identity("case-link", "case", below, appeal))
            else:
                origin = origins.get((appeal, basis), (preference, key))
                origins[appeal, basis] = min(origin, (preference, key))
        for (appeal, basis), (_, key) in origins.items():
            yield self._link(key, identity("case-link", "appeal", appeal, basis))

    def _link(self, key: _Said, link_id: str) -> CaseLink:
        said_by, appeal, below, basis = key
        known = self._best[key][1]
        return CaseLink(
            case_link_id=link_id,
            revision=Revision(0),
            is_deleted=False,
            known_at=None if known == _NEVER else known,
            appeal=appeal,
            below=below,
            said_by=said_by,
            basis=basis,
        )
