"""``demo``: one command, real servers, the record's table as JSON, nothing left running."""

import json

import pytest

from tests.streams.cli.home import Home, until

pytestmark = pytest.mark.stack

PHASES = {"before_takeoff", "airborne", "after_landing", "between_legs", "unknown"}


def test_demo_prints_the_record_as_json_and_leaves_nothing_running(home: Home) -> None:
    killed = home.begin("demo")  # one killed with -9 half way stands in nobody's way
    until(lambda: home.processes("kafka.Kafka"))
    killed.kill()
    killed.communicate()
    done = home.run("demo", "--format", "json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    for order in answer["orders"]:
        assert {"order", "docket_number", "clock", "at_earliest", "at_latest"} <= order.keys()
        assert order["flights"]
        for flight in order["flights"]:
            assert {"flight", "registration", "certainty", "phase", "margin_s"} <= flight.keys()
            assert flight["phase"] in PHASES
            assert flight["certainty"] in {"definite", "possible", "no", "unknown"}
    (entered,) = [
        one
        for one in answer["orders"]
        if (one["kind"], one["clock"]) == ("minute_order", "entered")
    ]
    assert entered["at_earliest"] == "2025-03-15T23:25:00.000Z"
    table = {one["registration"]: (one["certainty"], one["phase"]) for one in entered["flights"]}
    assert table == {
        "N278GX": ("definite", "airborne"),
        "N837VA": ("definite", "airborne"),
        "N630VA": ("no", "before_takeoff"),
    }
    assert entered["reported_by"]
    records = answer["records"]
    assert records["flights.positions"] == records["flights_positions"] > 400
    assert records["dead_letters"] == 0
    assert home.processes() == []
