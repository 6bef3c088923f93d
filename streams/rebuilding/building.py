"""``rebuild``: the record goes in again, and a new generation of what is derived comes into force.

Until the swap the live pipeline is not touched: a rebuild that dies is begun anew. From the first
table that was swapped on there is only forward: begun again, it ends what it had begun.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from kafka import TopicPartition

from deploy.errors import StackError
from schemas.topics.admin import ensure_topics
from sinks.generations import Probe, Swap, derived
from streams import generations
from streams.addresses import Addresses
from streams.generations import InForce
from streams.lag import RELATE_INPUT, WORKER_INPUTS, Offsets, offsets
from streams.rebuilding import keeping, leftovers, seeds
from streams.rebuilding.copying import Copier
from streams.rebuilding.roles import Roles
from streams.settings import Settings

_STALLED_AFTER_S = 600
_MOVED_WITHIN_S = 120
_KEPT_SHARE = 0.9
_BETWEEN = ("cases.inputs", "court.orders", RELATE_INPUT)
"""Topics that stages write for stages."""
_FIRST = tuple(one for one in WORKER_INPUTS if one not in _BETWEEN)


Show = Callable[[str, int, int], None]
"""Takes a stage in words, records done, and records in all, which may grow."""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What a rebuild is made of. ``run`` does it."""

    settings: Settings
    """Of the deployment, with the generation that is in force."""
    where: Addresses
    reason: str
    working: Callable[[Settings], Roles]
    show: Show = lambda _stage, _done, _total: None
    say: Callable[[str], None] = lambda _words: None
    probe: Probe = lambda _step: None
    accept_fewer: bool = False
    """Swap in even if a table would lose over a tenth of its rows."""
    quiet_s: float = 10.0
    """The old feed topics are done with once nothing has come for so long."""

    def run(self) -> int:
        """Build beside, swap, put in force; the generation. Raises StackError."""
        number, begun = self._number()
        new = self.settings.model_copy(update={"generation": number})
        swap = swap_of(new, self.where)
        with ExitStack() as stack:
            if begun:
                self.say(f"generation {number} was being swapped in: that is ended first")
            else:
                self._prepare(new, swap)
                copier = stack.enter_context(self._copier(new))
                working = stack.enter_context(self.working(new))
                self._build(new, copier, working)
                self._compare(swap)
            self.probe("built")
            self.say("swapping the tables")
            swap.run(self.reason, probe=self.probe)
            generations.write(self.settings, self.where.kafka, InForce(number, self.reason))
            self.probe("in force")
        with self._copier(new) as copier:
            self._bring_over(copier)
        keeping.as_catalogued(new, self.where.kafka)
        return number

    def _number(self) -> tuple[int, bool]:
        """The generation to make, and whether its swap has begun."""
        live = self.settings.generation or 0
        opened = swap_of(self.settings, self.where).newest()
        if opened > live and leftovers.present(self._numbered(opened), self.where.kafka):
            return opened, True
        following = max(live, opened) + 1
        return following, swap_of(self._numbered(following), self.where).begun()

    def _numbered(self, generation: int) -> Settings:
        return self.settings.model_copy(update={"generation": generation})

    def _copier(self, new: Settings) -> Copier:
        return Copier(
            self.where.kafka,
            source=self.settings.topic_prefix,
            target=new.topic_prefix,
            group=leftovers.copy_group(new),
        )

    def _prepare(self, new: Settings, swap: Swap) -> None:
        """Clear away what an earlier try has left, and make topics and tables."""
        self.say(f"making topics and tables of generation {new.generation}")
        swap.prepare()
        kafka, partitions = self.where.kafka, new.partitions
        leftovers.remove(new, kafka)
        there = ensure_topics(kafka, prefix=self.settings.topic_prefix, partitions=partitions)
        unequal = [str(one) for one in there.differences if one.setting == "partitions"]
        if unequal:
            raise StackError(
                "a rebuild keeps the partitions, and these differ: " + "; ".join(unequal)
            )
        ensure_topics(kafka, prefix=new.topic_prefix, partitions=partitions)
        keeping.everything(new, kafka)
        self.probe("prepared")

    def _build(self, new: Settings, copier: Copier, working: Roles) -> None:
        seeded = seeds.progress_from_table(new, self.where, copier.cut())
        seeded += seeds.from_archive(
            self.settings,
            new,
            self.where,
            copier.cut(),
            tell=self.say,
            show=lambda count: self.show("archive", count, count),
        )
        self.probe("seeded")
        whole, moving = copier.left(), _Moving()
        while left := copier.left():
            moving.look(left, f"{left} records of the feed topics do not come")
            copier.step()
            working.tend()
            self.show("copying", max(whole - left, 0), whole)
        self.probe("copied")
        with offsets(self.where.kafka, new.topic_prefix) as look:
            tables = [table.topic for table in derived()]
            worker, sink = new.worker_group, new.sink_group
            self._catch_up("feed records", worker, look.ends(_FIRST), look, copier, working)
            # What one of these causes stands in another at the latest: so many passes see all.
            for _ in _BETWEEN:
                self._catch_up("facts to join", worker, look.ends(_BETWEEN), look, copier, working)
            self._catch_up("rows to write", sink, look.ends(tables), look, copier, working)
        working.stop("sink")

    def _catch_up(
        self,
        stage: str,
        group: str,
        ends: Mapping[TopicPartition, int],
        look: Offsets,
        copier: Copier,
        working: Roles,
    ) -> None:
        """Wait until a group has come to these offsets; what comes in meanwhile is copied."""
        total, moving = sum(ends.values()), _Moving()
        while behind := look.behind(group, ends):
            left = sum(behind.values())
            self.show(stage, total - left, total)
            moving.look(left, f"{group} is behind by {behind}")
            copier.step()
            working.tend()
        self.show(stage, total, total)

    def _compare(self, swap: Swap) -> None:
        """Raise StackError where much of what stands would be gone: the record may have a hole."""
        counts = list(swap.counts())
        for name, live, staged in counts:
            self.say(f"{name}: {live} rows now, {staged} rebuilt")
        fewer = much_fewer(counts)
        if fewer and not self.accept_fewer:
            raise StackError(
                f"not swapped in, the live tables stand: {'; '.join(fewer)}. Is everything in the "
                "archive that its topic has given up? If the new rules mean it: --accept-fewer"
            )

    def _bring_over(self, copier: Copier) -> None:
        """Copy what feeds still write to the old topics, until they have gone over to the new."""
        self.say("bringing over what still comes into the old topics")
        last, deadline = time.monotonic(), time.monotonic() + _MOVED_WITHIN_S
        while time.monotonic() - last < self.quiet_s:
            if copier.step():
                last = time.monotonic()
            if time.monotonic() > deadline:
                self.say(
                    "feeds still write to the old topics: restart them. What comes until then is "
                    "brought over by `policy-events rebuild --drop-old`"
                )
                return


class _Moving:
    """Raises StackError where a number stays what it is for too long."""

    def __init__(self) -> None:
        self._number, self._since = -1, time.monotonic()

    def look(self, number: int, what: str) -> None:
        """See the number; ``what`` says what does not move."""
        if number != self._number:
            self._number, self._since = number, time.monotonic()
        elif time.monotonic() - self._since > _STALLED_AFTER_S:
            raise StackError(f"nothing has moved for {_STALLED_AFTER_S} s: {what}")


def much_fewer(counts: Iterable[tuple[str, int, int]]) -> list[str]:
    """Tables that would lose over a tenth of their rows, in words: name, rows now, rows rebuilt."""
    return [
        f"{name} has {staged} rows instead of {live}"
        for name, live, staged in counts
        if staged < live * _KEPT_SHARE
    ]


def swap_of(new: Settings, where: Addresses) -> Swap:
    """The swap of a generation's tables."""
    return Swap(
        where.clickhouse,
        new.database,
        new.staging_database,
        new.generation or 0,
        new.topic_prefix,
        replicated=new.clickhouse_replicated,
    )
