"""Which report speaks of which order, both ways."""

from streams.relations.matches import Matches
from streams.relations.matching import Match


def test_a_report_speaks_of_one_order_and_an_order_has_all_that_speak_of_it() -> None:
    matches = Matches()
    assert matches.put("late", Match("order", 5)) is None
    assert matches.put("early", Match("order", 7)) is None
    assert matches.reports("order") == [("early", Match("order", 7)), ("late", Match("order", 5))]
    assert matches.put("late", Match("other", 6)) == Match("order", 5)
    assert [name for name, _ in matches.reports("order")] == ["early"]
    assert matches.get("late") == Match("other", 6)


def test_a_report_that_speaks_of_none_is_not_held() -> None:
    matches = Matches()
    matches.put("report", Match("order", 5))
    assert matches.put("report", None) == Match("order", 5)
    assert "report" not in matches
    assert matches.reports("order") == []
