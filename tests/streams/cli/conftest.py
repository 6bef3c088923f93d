"""The fixture ``home``: nothing of it runs on after the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.streams.cli.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "home")
    yield made
    if made.processes():
        made.run("down")
    for process in made.processes():
        process.kill()
