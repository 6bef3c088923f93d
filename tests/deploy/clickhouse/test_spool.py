"""Where an insert waits: everything in order, in memory or on disk, and never more than allowed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.clickhouse.failures import DatabaseError
from deploy.clickhouse.spool import Spool


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.binary(max_size=50), max_size=20), st.integers(0, 300))
def test_blocks_stand_in_the_file_in_order(
    tmp_path: Path, blocks: list[bytes], in_memory: int
) -> None:
    spool = Spool(tmp_path, most=10_000, in_memory=in_memory)
    try:
        for block in blocks:
            spool.append(block)
        assert Path(spool.path).read_bytes() == b"".join(blocks)
        assert spool.size == sum(map(len, blocks))
        assert list(tmp_path.iterdir()) == []
    finally:
        spool.close()


def test_too_much_is_refused(tmp_path: Path) -> None:
    spool = Spool(tmp_path, most=10)
    spool.append(b"x" * 10)
    with pytest.raises(DatabaseError) as failed:
        spool.append(b"x")
    assert failed.value.code == 131
    spool.close()


def test_a_folder_that_cannot_hold_it_is_an_error_of_the_insert() -> None:
    spool = Spool(Path("/nowhere"), most=100, in_memory=5)
    with pytest.raises(DatabaseError, match="cannot be held"):
        spool.append(b"x" * 10)
    spool.close()
