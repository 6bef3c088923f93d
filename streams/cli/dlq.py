"""Dead letters: ``dlq list``, ``dlq show``, ``dlq replay``."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer

from deploy.errors import StackError
from streams import addresses
from streams.cli.instants import instant_if_given
from streams.cli.output import Format, console, errors, print_json, print_rows
from streams.facts.instants import Instant, rfc3339
from streams.quarantine import Filter, Letter, letters
from streams.quarantine import replay as replay_letters
from streams.settings import Settings

dlq = typer.Typer(name="dlq", no_args_is_help=True, help="Records that could not be used.")

TopicOption = Annotated[
    str | None, typer.Option("--topic", help="Topic they came from, as court.docket-entries.")
]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Part of the reason.")]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="RFC 3339; refused then or later.")
]
UntilOption = Annotated[str | None, typer.Option("--until", help="RFC 3339; refused before then.")]
FormatOption = Annotated[Format, typer.Option("--format", help="table, json or csv")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(dlq)


@dlq.command("list")
def listing(
    topic: TopicOption = None,
    reason: ReasonOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    counts: Annotated[
        bool, typer.Option("--counts", help="How many, by topic and reason, and not each.")
    ] = False,
    form: FormatOption = Format.table,
) -> None:
    """List dead letters of the namespace."""
    kafka, prefix = _topics()
    found = letters(kafka, prefix, _filter(topic, reason, since, until))
    if counts:
        counted = Counter((one.said.topic, one.said.reason) for one in found)
        rows = [(*what, count) for what, count in counted.most_common()]
        print_rows(("topic", "reason", "count"), rows, form)
        return
    names = ("topic", "partition", "offset", "refused at", "came from", "refused by", "reason")
    print_rows(names, map(_row, found), form)


@dlq.command()
def show(
    topic: Annotated[str, typer.Argument(help="Topic, with or without .dlq.")],
    offset: Annotated[int, typer.Argument(min=0, help="Offset in the dead-letter topic.")],
    partition: Annotated[int, typer.Option(min=0, help="Its partition.")] = 0,
    form: FormatOption = Format.json,
) -> None:
    """Show one dead letter: headers, key and bytes (as text with escapes, and as hex)."""
    kafka, prefix = _topics()
    wanted = Filter(topic=topic, offset=offset, partition=partition)
    found = list(letters(kafka, prefix, wanted))
    if not found:
        raise StackError(f"{topic}, partition {partition}: no dead letter has the offset {offset}")
    one = found[0]
    letter = {
        "topic": one.topic,
        "partition": one.partition,
        "offset": one.offset,
        "refused_at": rfc3339(Instant(one.timestamp)),
        "headers": {name: value.decode("utf-8", "replace") for name, value in one.headers},
        "key": _bytes(one.key),
        "value": _bytes(one.value),
    }
    if form is Format.json:
        print_json(letter)
    else:
        print_rows(("field", "value"), letter.items(), form)


@dlq.command()
def replay(
    topic: TopicOption = None,
    reason: ReasonOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Publish dead letters again, unchanged, to the topic they came from.

    To do it twice does no harm: the same bytes are the same record.
    """
    kafka, prefix = _topics()
    wanted = _filter(topic, reason, since, until)
    # All first: what is refused again while this runs must not be read again.
    chosen = list(letters(kafka, prefix, wanted))
    count, refused = replay_letters(kafka, prefix, chosen, dry_run=dry_run)
    for sentence in refused:
        errors.print(sentence, markup=False, highlight=False, soft_wrap=True)
    verb = "would replay" if dry_run else "replayed"
    console.print(f"{verb} {count} of {len(chosen)} dead letters", highlight=False)
    if refused:
        raise typer.Exit(1)


def _topics() -> tuple[str, str]:
    """Bootstrap servers, and what the names of the topics in force begin with."""
    from streams.generations import in_force

    kafka = addresses.find(Settings()).kafka
    return kafka, in_force(Settings(), kafka).topic_prefix


def _filter(topic: str | None, reason: str | None, since: str | None, until: str | None) -> Filter:
    return Filter(
        topic, reason, instant_if_given("--since", since), instant_if_given("--until", until)
    )


def _row(one: Letter) -> tuple[Any, ...]:
    said = one.said
    came_from = f"{said.topic}/{said.partition}/{said.offset}"
    when = rfc3339(Instant(one.timestamp))
    place = (one.topic, one.partition, one.offset)
    return (*place, when, came_from, said.refused_by, said.reason)


def _bytes(value: bytes | None) -> dict[str, str] | None:
    if value is None:
        return None
    return {"text": value.decode("utf-8", "backslashreplace"), "hex": value.hex()}
