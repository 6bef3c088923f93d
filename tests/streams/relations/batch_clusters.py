"""Clusters as plainly as they can be written: all reports at once, every pair, no index."""

from collections.abc import Iterable

from streams.facts.identity import identity
from streams.facts.news import Mention
from streams.relations.clusters import event_id_of, excludes, is_anchored, order_of, same_thing


def clusters(mentions: Iterable[Mention]) -> dict[str, tuple[Mention, ...]]:
    """Members of each cluster by its event id, the first published first."""
    ordered = sorted(mentions, key=order_of)
    chains: list[list[Mention]] = []
    left = list(filter(is_anchored, ordered))
    while left:
        chain = [left.pop(0)]
        for one in chain:  # it grows while it is gone through
            chain += [o for o in left if same_thing(one, o) and not excludes(chain[0], o)]
            left = [other for other in left if other not in chain]
        chains.append(chain)
    joined: list[list[Mention]] = [[] for _ in chains]
    apart: dict[str, list[Mention]] = {}
    for one in ordered:
        if is_anchored(one):
            continue
        fits = [
            number
            for number, chain in enumerate(chains)
            if any(same_thing(one, other) for other in chain)
        ]
        if len(fits) == 1:
            joined[fits[0]].append(one)
        else:
            apart.setdefault(event_id_of(one), []).append(one)
    groups = [chain + more for chain, more in zip(chains, joined, strict=True)]
    groups = [sorted(group, key=order_of) for group in [*groups, *apart.values()]]
    found: dict[str, tuple[Mention, ...]] = {}
    for group in sorted(groups, key=lambda group: order_of(group[0])):
        name = event_id_of(group[0])
        if name in found:
            name = identity("event", name, group[0].mention_id)
        found[name] = tuple(group)
    return found
