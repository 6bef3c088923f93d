"""The pipeline again from its record, beside the live one, and then in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streams.addresses import Addresses
from streams.generations import in_force
from streams.settings import Settings


def rebuild(settings: Settings, where: Addresses, **how: Any) -> int:
    """Build a new generation beside the one in force and swap it in; its number.

    ``how``: what else ``streams.rebuilding.building.Rebuild`` takes. Raises StackError.
    """
    from streams.rebuilding.building import Rebuild
    from streams.rebuilding.roles import Roles

    with Roles.alone(settings):
        found = in_force(settings, where.kafka)
        return Rebuild(found, where, working=lambda new: Roles(new, where), **how).run()


def drop_old_generations(settings: Settings, where: Addresses) -> Iterator[str]:
    """Remove topics and tables of the generations before the one in force; what was done."""
    from streams.rebuilding.dropping import drop_old
    from streams.rebuilding.roles import Roles

    with Roles.alone(settings):
        yield from drop_old(in_force(settings, where.kafka), where)
