"""Who may deliver: strangers, wrong paths and liars are refused, over real HTTP."""

import asyncio

import pytest

from deploy.errors import StackError
from streams.connectors.configuration import CourtListenerWebhook
from streams.connectors.gate import Gate
from tests.streams.connectors.conftest import Desk
from tests.streams.connectors.test_receiver import SECRET, delivery, listening, numbers


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH_OF_TEST", SECRET)


@pytest.mark.stack
def test_strangers_wrong_paths_and_liars_are_refused(desk: Desk) -> None:
    async def knock() -> dict[str, int]:
        found = {}
        async with listening(desk) as one:
            found["path"] = (await one.post(b"", path="/alerts/guess"))[0]
            found["nothing"] = (await one.post(b"", path="/"))[0]
            async with one.client.get(one.url(f"/alerts/{SECRET}")) as answer:
                found["get"] = answer.status
        async with listening(desk, allow=["203.0.113.0/24"]) as one:
            found["stranger"] = (await one.post(delivery(1), "k"))[0]
            believed = {"X-Forwarded-For": "203.0.113.9"}
            found["liar"] = (await one.post(delivery(1), "k", **believed))[0]
        behind = {"allow": ["203.0.113.0/24"], "proxies": ["127.0.0.0/8"]}
        async with listening(desk, **behind) as one:
            through = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
            found["proxied"] = (await one.post(delivery(1), "k", **through))[0]
            spoofed = {"X-Forwarded-For": "203.0.113.9, 198.51.100.1"}
            found["spoofed"] = (await one.post(delivery(2), "l", **spoofed))[0]
        return found

    assert asyncio.run(knock()) == {
        "path": 404, "nothing": 404, "get": 405, "stranger": 403, "liar": 403, "proxied": 200,
        "spoofed": 403,
    }  # fmt: skip
    assert numbers(desk) == [1]


def test_a_path_that_can_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH_OF_TEST", SECRET[:31])
    feed = CourtListenerWebhook.model_validate(
        {"name": "alerts", "type": "courtlistener-webhook", "path_secret": {"env": "PATH_OF_TEST"}}
    )
    with pytest.raises(StackError, match="alerts: path_secret has less than 32 letters"):
        Gate(feed)
