"""Dead letters carry Kafka Connect's headers and say where a record came from."""

from sinks.dead_letters import DeadLetter, dead_letter_topic, headers, read

PLACE = {"topic": "x.flights.legs", "partition": 3, "offset": 17}


def test_what_is_written_is_read() -> None:
    made = headers(
        **PLACE, refused_by="sink", stage="VALUE_CONVERTER", error=ValueError("no wings: ünsound")
    )
    assert read("x.flights.legs.dlq", made) == DeadLetter(
        "x.flights.legs",
        3,
        17,
        "sink",
        "VALUE_CONVERTER",
        "builtins.ValueError",
        "no wings: ünsound",
    )


def test_names_are_those_of_kafka_connect() -> None:
    made = dict(headers(**PLACE, refused_by="sink", stage="VALUE_CONVERTER", error="no"))
    for name in (
        "topic",
        "partition",
        "offset",
        "connector.name",
        "task.id",
        "stage",
        "class.name",
        "exception.class.name",
        "exception.message",
        "exception.stacktrace",
    ):
        assert f"__connect.errors.{name}" in made


def test_the_records_own_headers_stay_and_an_earlier_reason_goes() -> None:
    first = headers(
        **PLACE, refused_by="a", stage="s", error="first", original=[("trace-id", b"7")]
    )
    second = headers(**PLACE, refused_by="b", stage="s", error="second", original=first)
    assert second[0] == ("trace-id", b"7")
    assert len(second) == len(first)
    assert read("", second).reason == "second"


def test_foreign_headers_are_read_as_far_as_they_go() -> None:
    found = read(dead_letter_topic("a"), [("__connect.errors.offset", b"x"), ("y", None)])
    assert found == DeadLetter("a", None, None, "", "", "", "")
