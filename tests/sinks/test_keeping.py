"""What docs/storage.md says of how long things are kept, run as it stands there."""

import json
import re
import subprocess
import sys
from pathlib import Path
from string import Template

import pytest

from sinks.migrate import MIGRATIONS

PAGE = Path(__file__).parents[2] / "docs/storage.md"
TABLES = ("flights_positions", "feed_progress", "dead_letters")
DAYS = (1, 20, 45, 300, 400, 800)
"""Ages of the rows. The engine's own clock decides what is old, so they are counted from now."""
PATIENCE_S = 120

# An engine of its own with another configuration: a process opens one only.
PLAYED = """
import json, sys, time
import chdb

folder, config, statements = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
engine = chdb.connect(f"{folder}?config-file={config}")

def ask(sql):
    text = bytes(engine.query(sql, "JSONCompactEachRow").bytes()).decode()
    return [json.loads(line) for line in text.splitlines() if line]

for one in statements:
    ask(one)
places = (
    "SELECT DISTINCT dateDiff('day', toDate(observed_at), toDate(now())) AS age, disk_name"
    " FROM flights_positions INNER JOIN system.parts ON name = _part"
    " WHERE active AND table = 'flights_positions' ORDER BY age"
)
until = time.monotonic() + 60
while time.monotonic() < until:
    found = ask(places)
    if {disk for age, disk in found if age > 30} == {"cold"} and len(found) == 4:
        break
    time.sleep(0.2)
ages = "SELECT dateDiff('day', toDate(_timestamp), toDate(now())) AS age FROM {} ORDER BY age"
left = {name: [row[0] for row in ask(ages.format(name))] for name in sys.argv[4:]}
print(json.dumps({"places": found, "left": left}))
"""


def blocks(language: str) -> list[str]:
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return found


def statements(sql: str) -> list[str]:
    plain = re.sub(r"^\s*--.*$", "", sql, flags=re.MULTILINE)
    return [one.strip() for one in re.split(r";\s*\n", plain) if one.strip(" ;\n")]


def made() -> list[str]:
    """The tables as the migrations make them."""
    files = [Template(one.read_text()) for one in sorted(MIGRATIONS.glob("00*.sql"))]
    every = [sql for one in files for sql in statements(one.safe_substitute(REPLICATED=""))]
    first = [f"CREATE TABLE IF NOT EXISTS {name}\n" for name in TABLES]
    return [sql for sql in every if any(sql.startswith(one) for one in first)]


@pytest.mark.stack
def test_what_the_page_says_moves_and_deletes(tmp_path: Path) -> None:
    (configuration,) = blocks("xml")
    (ttl,) = blocks("sql")
    config = tmp_path / "config.xml"
    config.write_text(configuration.replace("/var/lib/clickhouse-cold/", f"{tmp_path}/cold/"))
    days = f"FROM (SELECT arrayJoin({list(DAYS)}) AS day)"
    at = "now64(3) - toIntervalDay(day)"
    filled = [
        f"INSERT INTO flights_positions (observed_at) SELECT {at} {days}",
        f"INSERT INTO feed_progress (_timestamp, feed) SELECT {at}, toString(day) {days}",
        f"INSERT INTO dead_letters (_timestamp, source_offset) SELECT {at}, day {days}",
    ]
    database = ["CREATE DATABASE kept ENGINE = Atomic", "USE kept"]
    merged = [f"OPTIMIZE TABLE {name} FINAL" for name in TABLES]
    assert len(made()) == len(TABLES)
    run = subprocess.run(
        [
            sys.executable, "-c", PLAYED, str(tmp_path / "data"), str(config),
            json.dumps([*database, *made(), *filled, *statements(ttl), *merged]),
            *TABLES[1:],
        ],
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["places"] == [[1, "default"], [20, "default"], [45, "cold"], [300, "cold"]]
    assert found["left"] == {"feed_progress": [1, 20], "dead_letters": [1, 20]}
