"""The words of one test, on the session's broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.streams.host.words import Words


@pytest.fixture
def words(kafka: str, tmp_path: Path) -> Iterator[Words]:
    made = Words(kafka, tmp_path)
    yield made
    made.close()
