"""What a rebuild shows of itself where there is no terminal."""

import pytest

from streams.cli.rebuild import _Bar


def test_a_stage_says_where_it_ends_and_at_what_pace(capsys: pytest.CaptureFixture[str]) -> None:
    with _Bar() as bar:
        bar.say("making topics [and] tables")
        for done in (0, 100, 250, 500):
            bar.show("feed records", done, 500)
        bar.show("facts to join", 0, 20)
        bar.show("facts to join", 20, 20)
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "making topics [and] tables"
    ends = [line for line in said[1:] if "500 of 500" in line or "20 of 20" in line]
    assert [line.partition(":")[0] for line in ends] == ["feed records", "facts to join"]
    assert all(line.endswith("/s") for line in ends)
