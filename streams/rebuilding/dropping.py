"""What was before the generation in force, removed: its topics, its groups, its tables."""

from __future__ import annotations

import time
from collections.abc import Iterator

from deploy.errors import StackError
from streams.addresses import Addresses
from streams.rebuilding import leftovers
from streams.rebuilding.building import swap_of
from streams.rebuilding.copying import Copier
from streams.redaction.topics import Topics
from streams.settings import Settings

_COPIED_WITHIN_S = 600


def drop_old(settings: Settings, where: Addresses) -> Iterator[str]:
    """Remove what generations before this one have left; says what it did.

    What has come into the last one's feed topics since is brought over first. Raises StackError
    while somebody works on them.
    """
    live = settings.generation or 0
    older = [settings.model_copy(update={"generation": number}) for number in range(live)]
    held = [one for one in older if leftovers.present(one, where.kafka)]
    if not held:
        yield "No older generation has topics here."
    for one in held:
        topics = Topics(where.kafka, lambda _: False)
        try:
            topics.refuse_while_used([one.worker_group, one.sink_group])
        finally:
            topics.close()
    if older and older[-1] in held:
        yield f"{_bring_over(older[-1], settings, where)} late records brought over"
    for one in held:
        count = leftovers.remove(one, where.kafka)
        yield f"generation {one.generation}: {count} topics removed"
    for number in range(1, live + 1):
        swap_of(settings.model_copy(update={"generation": number}), where).drop()
    yield "tables of earlier generations removed; their history stays"


def _bring_over(old: Settings, new: Settings, where: Addresses) -> int:
    copier = Copier(
        where.kafka,
        source=old.topic_prefix,
        target=new.topic_prefix,
        group=leftovers.copy_group(new),
    )
    deadline = time.monotonic() + _COPIED_WITHIN_S
    with copier:
        while copier.left():
            copier.step()
            if time.monotonic() > deadline:
                raise StackError("records still come into the old feed topics: stop `feeds` first")
    return copier.copied
