"""Evidence of one docket goes in, its entries come out: groups of evidence of one entry each.

The grouping is a function of the set of evidence. By preference: CourtListener's id, PACER's
document id, its sequence number, the entry's number; then, for entries without number or document,
the second of entry, and last the only match of the day by its words. ``blocks`` says which evidence
can ever meet: evidence that shares no block is never joined, so a new record touches few others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from streams.facts.instants import to_datetime
from streams.feeds.court.courts import zones
from streams.orders.evidence import Evidence

Group = tuple[Evidence, ...]
_DAY_MS = 86_400_000
_SHORT_MS = 1_800_000
"""Half an hour: longer than any label's precision, shorter than the doubt about a zone."""
_WORD = re.compile(r"[a-z]{3,}")


def blocks(evidence: Evidence) -> Iterator[Hashable]:
    """Keys of evidence; pieces that share none, directly or through others, are never joined."""
    record = evidence.record
    yield ("self", evidence.name)
    if evidence.courtlistener_id:
        yield ("courtlistener", evidence.courtlistener_id)
    if record.pacer_doc_id:
        yield ("document", record.pacer_doc_id)
    if record.pacer_seq_no:
        yield ("sequence", record.pacer_seq_no)
    if evidence.recap_sequence:
        yield _recap_place(evidence)
    if evidence.number:
        yield ("number", evidence.number)
    else:
        yield from (("day", day) for day in sorted(_days(evidence)))
        if record.filed_on:
            yield ("day", record.filed_on)


def grouped(evidence: Iterable[Evidence]) -> list[Group]:
    """Entries of a docket, each as its evidence, best first; older versions are left out."""
    groups: list[Group] = [(one,) for one in sorted(_current(evidence), key=_preference)]
    groups = _joined(groups, lambda one: ("courtlistener", one.courtlistener_id))
    groups = _joined(groups, lambda one: ("document", one.record.pacer_doc_id))
    groups = _joined(groups, lambda one: ("sequence", one.record.pacer_seq_no))
    groups = _joined(groups, lambda one: ("number", one.number))
    groups = _joined(groups, _stub_second)
    groups = _joined(groups, _recap_place, agree=_one_is_a_stub)
    return sorted(_stubs_with_texts(groups), key=lambda group: _preference(group[0]))


def seconds(evidence: Evidence) -> frozenset[tuple[int, int]]:
    """Short spans in which the entry may have been entered; none where only the day is known.

    An RSS time whose zone is in doubt gives its two readings, each by itself.
    """
    record = evidence.record
    for start, end in (
        (record.entered_at, record.entered_at_latest),
        (record.filed_at, record.filed_at_latest),
    ):
        if start is None:
            continue
        if end is None or end - start < _SHORT_MS:
            return frozenset({(start, start if end is None else end)})
        if evidence.rank > 1 and end - start < _DAY_MS // 2:
            return frozenset({(start, start), (end, end)})
    return frozenset()


def _preference(evidence: Evidence) -> tuple[int, int, str]:
    return evidence.preference


def _current(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """The newest version of each record that its source can change."""
    newest: dict[Hashable, Evidence] = {}
    for one in sorted(evidence, key=_preference, reverse=True):
        key = one.courtlistener_id or one.name
        newest[(one.record.kind, key)] = one
    yield from newest.values()


def _joined(
    groups: Sequence[Group],
    key: Callable[[Evidence], tuple[Hashable, ...]],
    agree: Callable[[Group, Group], bool] | None = None,
) -> list[Group]:
    """Groups that share a key and do not contradict each other become one."""
    place: dict[Hashable, list[int]] = defaultdict(list)
    result: list[Group | None] = []
    for group in sorted(groups, key=lambda one: _preference(one[0])):
        keys = {key(one) for one in group}
        keys = {one for one in keys if None not in one}
        joined = group
        for index in sorted({index for one in keys for index in place[one]}):
            other = result[index]
            if (
                other is not None
                and _consistent(other, joined)
                and (agree is None or agree(other, joined))
            ):
                joined = tuple(sorted((*other, *joined), key=_preference))
                result[index] = None
        for one in {key(one) for one in joined}:
            place[one].append(len(result))
        result.append(joined)
    return [group for group in result if group is not None]


def _consistent(first: Group, second: Group) -> bool:
    """Whether no fact that tells entries apart differs."""
    facts: tuple[Callable[[Evidence], Hashable], ...] = (
        lambda one: one.record.pacer_case_id,
        lambda one: one.record.pacer_doc_id,
        lambda one: one.number,
    )
    for fact in facts:
        ours, theirs = _values(first, fact), _values(second, fact)
        if ours and theirs and not ours & theirs:
            return False
    return True


def _values(group: Group, fact: Callable[[Evidence], Hashable]) -> set[Hashable]:
    return {value for one in group if (value := fact(one)) is not None}


def _stub_second(evidence: Evidence) -> tuple[Hashable, ...]:
    """RSS items of one unnumbered entry: case and second. Others give no key."""
    if evidence.documented or evidence.record.pacer_seq_no or evidence.rank == 1:
        return (None,)
    return ("second", evidence.record.pacer_case_id or "", evidence.record.entered_at)


def _recap_place(evidence: Evidence) -> tuple[Hashable, ...]:
    return ("recap", evidence.recap_sequence, evidence.record.filed_on)


def _one_is_a_stub(first: Group, second: Group) -> bool:
    """CourtListener's stub and full text of one entry: only one of them has the words."""
    texts = [any(one.record.description for one in group) for group in (first, second)]
    return texts != [True, True] and _same_time(first, second) is not False


def _same_time(first: Group, second: Group) -> bool | None:
    """Whether the minutes known of both overlap; None where one has none."""
    ours = {time for one in first for time in seconds(one)}
    theirs = {time for one in second for time in seconds(one)}
    if not ours or not theirs:
        return None
    return any(a[0] <= b[1] and b[0] <= a[1] for a in ours for b in theirs)


def _stubs_with_texts(groups: Sequence[Group]) -> Iterator[Group]:
    """RSS stubs of unnumbered entries, each with CourtListener's text of the same entry."""
    plain = [group for group in groups if not any(one.documented for one in group)]
    yield from (group for group in groups if any(one.documented for one in group))
    stubs = [group for group in plain if all(one.rank > 1 for one in group)]
    texts = [group for group in plain if any(one.rank == 1 for one in group)]
    pairs: dict[int, int] = {}
    timely = [
        (not _words_agree(stub, text), s, t)
        for s, stub in enumerate(stubs)
        for t, text in enumerate(texts)
        if _consistent(stub, text) and _same_time(stub, text)
    ]
    for _, s, t in sorted(timely):
        if s not in pairs and t not in pairs.values():
            pairs[s] = t
    free = [t for t in range(len(texts)) if t not in pairs.values()]
    of_the_day = {
        s: [
            t
            for t in free
            if _consistent(stub, texts[t])
            and _same_time(stub, texts[t]) is None
            and _same_day(stub, texts[t])
            and _words_agree(stub, texts[t])
        ]
        for s, stub in enumerate(stubs)
        if s not in pairs
    }
    wanted = [t for candidates in of_the_day.values() for t in candidates]
    for s, candidates in of_the_day.items():
        if len(candidates) == 1 and wanted.count(candidates[0]) == 1:
            pairs[s] = candidates[0]
    for s, stub in enumerate(stubs):
        text = texts[pairs[s]] if s in pairs else ()
        yield tuple(sorted((*stub, *text), key=_preference))
    yield from (text for t, text in enumerate(texts) if t not in pairs.values())


def _same_day(stub: Group, text: Group) -> bool:
    return bool(
        {day for one in stub for day in _days(one)} & {d for one in text for d in _days(one)}
    )


def _words_agree(stub: Group, text: Group) -> bool:
    """Whether every word of one of the stub's events is among the first words of the text."""
    heads = [f"{one.record.short_description} {one.record.description[:200]}" for one in text]
    words = {word for head in heads for word in _WORD.findall(head.lower())}
    events = [event for one in stub for event in one.record.short_description.split(" AND ")]
    return any((found := set(_WORD.findall(event.lower()))) and found <= words for event in events)


def _days(evidence: Evidence) -> set[str]:
    """Court-local days on which the entry may have been entered."""
    record = evidence.record
    local = zones(record.court_id)
    days = {
        to_datetime(moment).astimezone(local[0]).date().isoformat()
        for moment in (record.entered_at, record.entered_at_latest)
        if moment is not None and local
    }
    if record.filed_on and record.entered_at is None:
        days.add(record.filed_on)
    return days
