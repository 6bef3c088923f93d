"""Worked queries: ``.sql`` files go in, named queries and their answers come out.

A file begins with a comment: its title, what it answers, its parameters, and an example of them on
the recording (``none``, or ``name=value; name=value``). A parameter stands in the text as
``{name:Type}``, ClickHouse's own way. ``expected/NAME.csv`` is its answer to the example.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from clickhouse_driver import Client

from deploy.errors import StackError
from sinks.warehouse import UNAVAILABLE, at_database, reason_of

FOLDER = Path(__file__).parent
_PARAMETER = re.compile(r"\{(\w+):\s*([\w(), ']+)\}")


@dataclass(frozen=True, slots=True)
class WorkedQuery:
    """One query that is kept with the product."""

    name: str
    title: str
    answers: str
    """What it answers, in a few sentences."""
    sql: str
    example: Mapping[str, str]
    """Values of its parameters that it has an answer to on the recording."""

    @property
    def parameters(self) -> dict[str, str]:
        """Its parameters with their ClickHouse types."""
        return dict(_PARAMETER.findall(self.sql))


@cache
def worked_queries(folder: Path = FOLDER) -> dict[str, WorkedQuery]:
    """All worked queries by name. Raises ValueError for a file without its whole comment."""
    found = {}
    for path in sorted(folder.glob("*.sql")):
        text = path.read_text()
        comment = []
        for line in text.splitlines():
            if not line.startswith("--"):
                break
            comment.append(line.removeprefix("--").strip())
        said = {line.partition(":")[0]: line for line in comment}
        if len(comment) < 4 or "Parameters" not in said or "Example" not in said:
            raise ValueError(
                f"{path.name}: expected a comment of a title, what it answers, "
                "'Parameters: …' and 'Example: …'"
            )
        answers = " ".join(line for line in comment[1:] if line is not said["Example"])
        example = _example(said["Example"])
        found[path.stem] = WorkedQuery(path.stem, comment[0], answers, text, example)
    return found


def _example(line: str) -> dict[str, str]:
    text = line.removeprefix("Example:").strip()
    pairs = [] if text == "none" else text.split("; ")
    return {name.strip(): value for name, _, value in (pair.partition("=") for pair in pairs)}


def run_query(
    url: str, database: str, what: str, parameters: Mapping[str, Any] | None = None
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of a worked query, or of SQL, on a database.

    ``what`` is SQL where it is no worked query's name. Raises StackError for a parameter that is
    missing or unknown, for SQL that ClickHouse refuses, and where ClickHouse does not answer.
    """
    worked = worked_queries().get(what)
    if worked is None and what.isidentifier():
        raise StackError(f"there is no query {what}; there are: {', '.join(worked_queries())}")
    sql = bound(what if worked is None else worked.sql, parameters or {})
    try:
        with Client.from_url(at_database(url, database)) as client:
            rows, columns = client.execute(sql, with_column_types=True)
    except UNAVAILABLE as error:
        raise StackError(f"ClickHouse: {reason_of(error)}") from error
    return [name for name, _ in columns], rows


def bound(sql: str, parameters: Mapping[str, Any]) -> str:
    """SQL with its parameters put in, each as a quoted text cast to its type.

    The protocol of old clients cannot carry parameters, so that they are bound here. Raises
    StackError for a parameter that is missing or unknown.
    """
    wanted = dict(_PARAMETER.findall(sql))
    missing, unknown = sorted(wanted.keys() - parameters), sorted(parameters.keys() - wanted)
    if missing or unknown:
        said = [f"parameter {name} ({wanted[name]}) is missing" for name in missing]
        said += [f"there is no parameter {name}" for name in unknown]
        raise StackError("; ".join(said))
    return _PARAMETER.sub(lambda match: _cast(parameters[match[1]], match[2]), sql)


def _cast(value: Any, kind: str) -> str:
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    quoted_kind = kind.replace("'", "\\'")
    return f"CAST('{text}', '{quoted_kind}')"
