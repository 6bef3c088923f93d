"""What a statement is: its kind, its end, and the inserts whose rows follow as blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.clickhouse.failures import DatabaseError
from deploy.clickhouse.lexer import tokens
from deploy.clickhouse.statements import (
    Insert,
    admitted,
    assignments,
    identifier,
    insert_of,
    literal,
    without_format,
)


def normal(sql: str) -> str:
    """The engine's part, for statements that are in normal form already."""
    return sql


@given(st.text(max_size=80))
def test_tokens_cover_the_text(sql: str) -> None:
    assert "".join(token.text for token in tokens(sql)) == sql


@given(st.text(max_size=40))
def test_a_literal_is_one_token_and_an_identifier_gives_its_name_back(text: str) -> None:
    (token,) = tokens(literal(text))
    assert token.kind == "text"
    if text:
        (token,) = tokens(identifier(text))
        assert token.name == text


@pytest.mark.parametrize(
    ("sql", "insert"),
    [
        ("INSERT INTO t VALUES", Insert("t", None, "")),
        ("insert into db.`t x` (a, `b c`) values ;", Insert("db.`t x`", ("a", "b c"), "")),
        ("INSERT INTO TABLE t FORMAT Native", Insert("t", None, "")),
        ("INSERT t (a) SETTINGS x = 1, y = 'z' VALUES", Insert("t", ("a",), "x = 1, y = 'z'")),
        ("/* x */ INSERT -- y\n INTO t VALUES -- z", Insert("t", None, "")),
        ("INSERT INTO t VALUES (1)", None),
        ("INSERT INTO t SELECT 1 AS VALUES", None),
        ("INSERT INTO t SELECT * FROM u FORMAT Native", None),
        ("INSERT INTO FUNCTION file('x') VALUES", None),
        ("INSERT INTO t FROM INFILE 'x' FORMAT CSV", None),
        ("INSERT INTO t (a, (b)) VALUES", None),
        ("INSERT VALUES", None),
        ("INSERT INTO", None),
        ("SELECT 1", None),
        ("", None),
    ],
)
def test_an_insert_that_expects_blocks(sql: str, insert: Insert | None) -> None:
    assert insert_of(sql) == insert


@pytest.mark.parametrize(
    ("sql", "run"),
    [
        ("SELECT 1 ; ; -- end", "SELECT 1"),
        ("SELECT 1 FORMAT JSON", "SELECT 1 "),
        ("SELECT 1 FORMAT JSON SETTINGS a = 1;", "SELECT 1  SETTINGS a = 1"),
        ("SELECT 'FORMAT x'", "SELECT 'FORMAT x'"),
        ("SELECT (1 AS FORMAT)", "SELECT (1 AS FORMAT)"),
        ("SELECT format FROM t", "SELECT format FROM t"),
        ("", ""),
    ],
)
def test_the_format_is_cut_off(sql: str, run: str) -> None:
    assert without_format(sql) == run


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT 1", "SELECT"),
        ("((SELECT 1) UNION ALL (SELECT 2))", "SELECT"),
        ("WITH 1 AS x SELECT x", "SELECT"),
        ("WITH (SELECT 1) AS `INSERT` SELECT `INSERT`", "SELECT"),
        ("WITH 1 AS x INSERT INTO t SELECT x", "INSERT"),
        ("SELECT `file` FROM t", "SELECT"),
        ("SELECT 'INTO OUTFILE'", "SELECT"),
        ("CREATE DICTIONARY d (a UInt8) PRIMARY KEY a SOURCE(CLICKHOUSE(TABLE 't'))", "CREATE"),
    ],
)
def test_a_statements_kind(sql: str, kind: str) -> None:
    assert admitted(sql, writer=True, normal_form=normal).kind == kind


@pytest.mark.parametrize(
    "sql", ["SYSTEM SHUTDOWN", "GRANT SELECT ON *.* TO x", "EXECUTE AS x SELECT 1", "", "()", "1"]
)
def test_what_is_no_known_statement_is_refused(sql: str) -> None:
    with pytest.raises(DatabaseError) as failed:
        admitted(sql, writer=True, normal_form=normal)
    assert failed.value.code == 497


def test_settings_of_a_set() -> None:
    found = assignments("SET a = 1, b = 'x, y = 2', c = -1.5")
    assert found == {"a": "1", "b": "'x, y = 2'", "c": "-1.5"}
