"""An index by shared keys is a plain table of sets, without the empty ones."""

from hypothesis import given
from hypothesis import strategies as st

from streams.relations.key_index import KeyIndex

KEYS, NAMES = st.sampled_from("abc"), st.sampled_from("xyz")
STEPS = st.lists(st.tuples(st.sampled_from(["put", "drop", "take"]), KEYS, NAMES))


@given(STEPS)
def test_it_holds_what_a_table_of_sets_holds(steps: list[tuple[str, str, str]]) -> None:
    index, table = KeyIndex(), dict[str, set[str]]()
    for what, key, name in steps:
        match what:
            case "put":
                index.put(key, name)
                table.setdefault(key, set()).add(name)
            case "drop":
                index.drop(key, name)
                table.get(key, set()).discard(name)
            case _:
                assert index.take(key) == table.pop(key, set())
        table = {key: names for key, names in table.items() if names}
        assert {key: set(index.at(key)) for key in index} == table
        assert len(index) == len(table)
        assert all((key in index) == (key in table) for key in "abc")


def test_a_key_without_names_has_none_and_stays_unknown() -> None:
    index = KeyIndex()
    assert index.at("a") == set()
    assert "a" not in index
