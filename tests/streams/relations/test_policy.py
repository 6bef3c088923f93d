"""A deployment's own watch-list and horizon; the files' own errors name file and field."""

from pathlib import Path

import pytest

from streams.relations.policy import SCOPE, scope


def test_a_watch_list_names_what_it_names(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text("registrations: [N278GX]\noperators: [GXA]\n")
    found = scope(file, 30)
    assert found.watch_list.registrations == {"N278GX"}
    assert found.watch_list.missions == frozenset()
    assert (found.horizon_days, SCOPE.horizon_days) == (30, 180)


@pytest.mark.parametrize("text", ["aircraft: [N1]", "registrations: N1", "- N1", "a: [b"])
def test_one_that_is_no_watch_list_is_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"watch\.yaml: expected lists of registrations"):
        scope(file)


def test_one_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"nowhere\.yaml"):
        scope(Path("nowhere.yaml"))
