"""Commands on feed documents: ``parse``, ``legs``, ``replay``. The first two need no server."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from streams.cli.output import LINES_HELP, Format, Lines, as_json, console, errors
from streams.facts.instants import Instant, parse_rfc3339
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.kinds import KINDS, parse


def _kind(text: str) -> str:
    if text not in KINDS:
        raise typer.BadParameter(f"{text!r} is none of: {', '.join(KINDS)}")
    return text


Kind = Annotated[
    str, typer.Argument(metavar="KIND", help="One of: " + ", ".join(KINDS), parser=_kind)
]
Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Files; - is stdin.")]
Published = Annotated[
    str | None, typer.Option(help="When the article appeared, RFC 3339 (news.text needs it).")
]
LinesFormat = Annotated[Format, typer.Option("--format", help=LINES_HELP)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("parse")(parse_files)
    app.command("legs")(legs)
    app.command("replay")(replay)


def parse_files(
    kind: Kind,
    files: Files,
    published: Published = None,
    events: Annotated[
        bool, typer.Option("--events", help="For news: print the events found instead.")
    ] = False,
    form: LinesFormat = Format.json,
) -> None:
    """Print the records of feed documents as JSON lines, without any server.

    Gzip is recognised. Bad items are named on stderr, the good ones still printed; the exit code
    is then 1.
    """
    if events and not kind.startswith("news."):
        raise typer.BadParameter("--events is for news.* kinds")
    reader, lines = _Reader(kind, files, published), Lines(form)
    for record in reader:
        if events:
            from streams.mentions import events_of

            for event in events_of(record):
                lines.print(event)
        else:
            lines.print(as_json(record))
    reader.finish()


def legs(kind: Kind, files: Files, form: LinesFormat = Format.json) -> None:
    """Print the flight legs in flight documents as JSON lines, without any server.

    A leg is one take-off to one landing of one aircraft; each end is an interval, null while open.
    """
    if not kind.startswith("flights."):
        raise typer.BadParameter("legs are found in flights.* kinds only")
    from streams.legs import legs_of

    reader, lines = _Reader(kind, files, None), Lines(form)
    for leg in legs_of(reader):
        lines.print(as_json(leg))
    reader.finish()


def replay(
    kind: Annotated[
        str | None,
        typer.Argument(metavar="KIND", help="As for parse; with --from-archive a filter."),
    ] = None,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE...", help="Files; - is stdin.")
    ] = None,
    published: Published = None,
    speed: Annotated[
        float, typer.Option(min=0, help="Times real time, by the records' own times; 0 is at once.")
    ] = 0,
    into_live: Annotated[
        bool, typer.Option("--into-live", help="Into the live topics, not a recording's.")
    ] = False,
    from_archive: Annotated[
        bool, typer.Option("--from-archive", help="What the feeds really received, parsed anew.")
    ] = False,
    lane: Annotated[
        str | None, typer.Option("--lane", help="Only this lane, or all of this feed.")
    ] = None,
) -> None:
    """Publish recorded documents to the feed topics.

    They go into the namespace `recording`, apart from what really happens, unless --into-live or
    POLICY_EVENTS_NAMESPACE says otherwise.
    """
    if kind is not None:
        kind = _kind(kind)
    if from_archive == bool(files) or (kind is None and not from_archive):
        raise typer.BadParameter("expected KIND and FILE..., or --from-archive")
    from streams import addresses
    from streams.bootstrap import prepare_namespace
    from streams.feeds.publish import Publisher
    from streams.generations import in_force
    from streams.settings import LIVE, Settings

    settings = Settings()
    apart = settings.namespace == LIVE and not into_live
    if apart:
        settings = settings.model_copy(update={"namespace": "recording"})
    where = addresses.find(settings)
    settings = prepare_namespace(settings, where)
    if from_archive:
        from streams.connectors.replaying import Archived

        own = in_force(Settings(), where.kafka) if apart else settings
        reader: _Reader | Archived = Archived(own, where, kind=kind, lane=lane, tell=_tell)
    else:
        assert kind is not None  # noqa: S101 -- looked at above
        reader = _Reader(kind, files or [], published)
    pace = _Pace(speed)
    with Publisher(where.kafka, prefix=settings.topic_prefix) as publisher:
        reader.on_bad = publisher.refuse
        for record in reader:
            pace.wait_for(record)
            publisher.publish([record])
    for topic, count in sorted(publisher.counts.items()):
        console.print(f"{settings.topic_prefix}{topic}: {count} records", highlight=False)
    if apart:
        console.print(
            "A stack on that namespace works on them: `POLICY_EVENTS_NAMESPACE=recording "
            "policy-events up` (or --into-live puts them into the live topics)."
        )
    if reader.bad:
        raise typer.Exit(1)


def read_records(kind: str, files: list[str]) -> _Reader:
    """Records of files of a KIND, to be iterated over and then finished."""
    return _Reader(_kind(kind), files, None)


class _Reader:
    """Records of some files; bad items and documents are told on stderr and counted."""

    def __init__(self, kind: str, files: list[str], published: str | None) -> None:
        self.kind, self.files = kind, files
        self.bad = 0
        self.on_bad: Callable[[str, BadItem], None] = lambda _kind, _bad: None
        self.published: Instant | None = None
        if published is not None:
            try:
                self.published = parse_rfc3339(published)
            except ValueError as error:
                raise typer.BadParameter(f"--published: {error}") from error
        if kind == "news.text" and published is None:
            raise typer.BadParameter("news.text needs --published TIME: plain text has no date")

    def __iter__(self) -> Iterator[Any]:
        for file in self.files:
            name = "stdin" if file == "-" else file
            try:
                data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
                received = Received("file", None, name)
                for record in parse(self.kind, data, received, published=self.published):
                    if isinstance(record, BadItem):
                        self._tell(str(record))
                        self.on_bad(self.kind, record)
                    else:
                        yield record
            except OSError as error:
                self._tell(f"{name}: {error.strerror or error}")
            except BadDocument as error:
                self._tell(str(error))

    def finish(self) -> None:
        """Exit with 1 if anything was bad."""
        if self.bad:
            raise typer.Exit(1)

    def _tell(self, sentence: str) -> None:
        self.bad += 1
        _tell(sentence)


def _tell(sentence: str) -> None:
    errors.print(f"policy-events: {sentence}", markup=False, highlight=False, soft_wrap=True)


class _Pace:
    """Waits so that records go out at a multiple of the speed at which they came."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.first: int | None = None
        self.began = time.monotonic()

    def wait_for(self, record: Any) -> None:
        """Sleep until it is this record's turn."""
        at = getattr(record, "fetched_at", None) or getattr(record, "observed_at", None)
        if not self.speed or at is None:
            return
        self.first = at if self.first is None else self.first
        due = self.began + (at - self.first) / 1000 / self.speed
        time.sleep(max(0.0, due - time.monotonic()))
