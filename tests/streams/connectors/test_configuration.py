"""``feeds.toml``: what is wrong is named; a secret is never in it, in a message or in a log."""

import logging
from pathlib import Path

import pytest

from deploy.errors import StackError
from streams.connectors.configuration import load
from streams.connectors.role import lanes_of
from streams.connectors.secrets import KEPT_OUT, SecretPlace, guard_logs

WHOLE = """
contact = "desk@example.org"

[[feeds]]
name = "courts"
type = "cmecf-rss"
courts = ["dcd", "cadc"]

[[feeds]]
name = "courtlistener"
type = "courtlistener"
dockets = [69741724]
token = { env = "TOKEN_OF_TEST" }

[[feeds]]
name = "opensky"
type = "opensky"
client_id = { env = "TOKEN_OF_TEST" }
client_secret = { env = "TOKEN_OF_TEST" }
boxes = { gulf = [17.5, -98, 31, -80] }

[[feeds]]
name = "receiver"
type = "readsb"
url = "http://127.0.0.1/data/aircraft.json"

[[feeds]]
name = "globe"
type = "traces"
url = "https://globe.example.org/{year}/{month}/{day}/traces/{tail}/trace_full_{hex}.json"
aircraft = ["a2c4e0"]
since = "2025-03-15"

[[feeds]]
name = "paper"
type = "news-rss"
url = "https://paper.example.org/feed"

[[feeds]]
name = "gdelt"
type = "gdelt"

[[feeds]]
name = "alerts"
type = "courtlistener-webhook"
path_secret = { env = "TOKEN_OF_TEST" }
allow = ["203.0.113.0/24"]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOKEN_OF_TEST", "a-secret-of-thirty-two-letters-or-more")
    path = tmp_path / "feeds.toml"
    path.write_text(WHOLE)
    return path


def test_every_type_of_feed_has_its_lanes(file: Path) -> None:
    names = [source.name for _, source in lanes_of(load(file))]
    assert names == [
        "courts/dcd", "courts/cadc", "courtlistener/69741724", "opensky/gulf", "receiver",
        "globe/a2c4e0", "paper", "gdelt",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('type = "cmecf-rss"', 'type = "cmecf"', "feeds.0: Input tag 'cmecf'"),
        ('courts = ["dcd", "cadc"]', 'courts = ["http://x"]', "feeds.0.cmecf-rss.courts"),
        ('name = "paper"', 'name = "gdelt"', "two feeds are called gdelt"),
        ("17.5, -98, 31, -80", "31, -98, 17.5, -80", "south < north"),
        ('aircraft = ["a2c4e0"]', 'aircraft = ["N278GX"]', "six lower-case hexadecimal"),
        ("203.0.113.0/24", "everybody", "courtlistener-webhook.allow"),
        ('contact = "desk@example.org"', "", "contact: Field required"),
        ('env = "TOKEN_OF_TEST" }\nboxes', 'value = "s3cret" }\nboxes', "client_secret"),
    ],
)
def test_what_is_wrong_is_named(file: Path, right: str, wrong: str, said: str) -> None:
    assert right in WHOLE
    file.write_text(WHOLE.replace(right, wrong))
    with pytest.raises(StackError) as caught:
        load(file)
    assert said in str(caught.value)
    assert "feeds.toml" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_missing_secret_is_named_by_its_place(file: Path, tmp_path: Path) -> None:
    with pytest.raises(StackError, match="NOT_SET holds no secret"):
        SecretPlace(env="NOT_SET").read()
    with pytest.raises(StackError, match="No such file"):
        SecretPlace(file=tmp_path / "nowhere").read()
    kept = tmp_path / "token"
    kept.write_text("from-a-file\n")
    assert SecretPlace(file=kept).read().get_secret_value() == "from-a-file"


def test_no_library_can_log_a_secret(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = SecretPlace(env="TOKEN_OF_TEST").read().get_secret_value()
    handler = logging.StreamHandler()
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        guard_logs()
        logging.getLogger("some.library").warning("sent %s", secret)
        try:
            raise ValueError(f"refused {secret}")
        except ValueError:
            logging.getLogger("some.library").exception("it failed")
    finally:
        root.removeHandler(handler)
    said = capsys.readouterr().err
    assert "it failed" in said
    assert "[secret]" in said
    assert secret not in said
    assert KEPT_OUT.hide(secret) == "[secret]"
