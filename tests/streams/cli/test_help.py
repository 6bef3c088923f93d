"""``--help`` teaches: every command says what to type, and what it says to type is right use."""

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from streams.cli.examples import EXAMPLES
from streams.cli.main import app

UsageError = typer.BadParameter.__base__
ROOT: Any = typer.main.get_command(app)


def commands(group: Any = ROOT, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in getattr(group, "commands", {}).items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


def understood(words: list[str]) -> None:
    """Parse the words as the command line would. Raises UsageError."""
    command, name = ROOT, "policy-events"
    context = None
    while hasattr(command, "commands"):
        context = command.context_class(command, info_name=name, parent=context)
        name, words = words[0], words[1:]
        command = command.commands[name]
    command.make_context(name, words, context)


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_command_says_what_to_type(path: tuple[str, ...]) -> None:
    answered = CliRunner().invoke(app, [*path, "--help"])
    assert answered.exit_code == 0
    assert " ".join(path) in EXAMPLES, "streams/cli/examples.py has no example of it"
    told, examples = answered.output.split("Examples:\n")
    assert len(told) > 80
    assert [line[4:] for line in examples.splitlines()] == list(EXAMPLES[" ".join(path)])


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_what_it_says_to_type_is_right_use(line: str) -> None:
    words = shlex.split(line.split(" | ")[-1], comments=True)
    understood(words[words.index("policy-events") + 1 :])


def test_right_use_is_told_from_wrong_use() -> None:
    with pytest.raises(UsageError):
        understood(["tail", "--nonsense", "x"])
    with pytest.raises(UsageError):
        understood(["parse", "court.nonsense", "x"])


def test_no_arguments_are_answered_with_the_commands() -> None:
    answered = CliRunner().invoke(app, [])
    assert answered.exit_code == 2
    assert "Exit codes: 0 done, 1 failed, 2 wrong use" in " ".join(answered.output.split())
