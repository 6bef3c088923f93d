"""The lives of the orders of made-up cases, in a form that tests can compare."""

from streams.facts.court import Order
from streams.facts.instants import rfc3339
from streams.facts.received import DocketEntry
from streams.orders.family import Family
from tests.streams.orders.cases import ABOVE, dated
from tests.streams.orders.records import arrivals, emitted, in_force


def orders(*records: DocketEntry) -> list[Order]:
    return list(in_force(emitted(arrivals(records))).values())


def lives(*records: DocketEntry) -> dict[str, list[tuple[str, str, str | None]]]:
    """By document number: status, first day, last day; a day is the earliest instant's, in UTC."""
    family = Family(orders(*records))
    found: dict[str, list[tuple[str, str, str | None]]] = {}
    for order_id, order in family.orders.items():
        for one in family.shown(order_id):
            ends = None if one.to_earliest is None else rfc3339(one.to_earliest)[5:10]
            stretch = (one.status, rfc3339(one.from_earliest)[5:10], ends)
            found.setdefault(order.document_number or order.kind, []).append(stretch)
    return found


TRO = dated("2025-02-01", "TEMPORARY RESTRAINING ORDER. Defendants are ENJOINED.", 10)
PI = dated("2025-02-20", "PRELIMINARY INJUNCTION. Defendants shall not enforce the memo.", 15)
STAY = dated("2025-03-01", "ORDER filed granting stay pending appeal of the injunction.", 7, ABOVE)


def doubts(*records: DocketEntry) -> dict[str, list[list[str]]]:
    """By document number: what may have been done to the order, in each stretch of its life."""
    family = Family(orders(*records))
    return {
        order.document_number or order.kind: [
            [one.what for one in state.disputes if one.what.startswith("possibly")]
            for state in family.shown(order_id)
        ]
        for order_id, order in family.orders.items()
        if order.court_id == "dcd" and family.shown(order_id)
    }
