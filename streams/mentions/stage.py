"""The stage ``articles``: versions of articles in, upserts and retractions of their mentions out.

State is one entry an article: which version won, and what was published of it. Which version wins
does not depend on the order of arrival: the source's own version, then the time of the update,
then of publication, then the content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec

from streams.facts.identity import Revision
from streams.facts.instants import to_datetime
from streams.facts.news import Mention
from streams.facts.received import Article
from streams.mentions.mentions import mentions_of
from streams.stages import Arrived, Emit, Outcome, Route

_DIGITS = re.compile(r"(\d+)")


class _Known(msgspec.Struct, array_like=True):
    rank: tuple[bool, str, int, int, str]
    revision: int
    published: dict[str, Mention]


_decode = msgspec.msgpack.Decoder(_Known).decode
_encode = msgspec.msgpack.Encoder().encode


class ArticlesStage:
    """The articles of one partition."""

    def __init__(self) -> None:
        self._articles: dict[str, _Known] = {}

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up the articles as they were."""
        self._articles = {article_id: _decode(value) for article_id, value in entries}

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        """Take each version in turn; publish what changed."""
        emits: list[Emit] = []
        changes: dict[str, bytes | None] = {}
        for one in batch:
            article: Article = one.record
            rank = _rank(article)
            known = self._articles.get(article.article_id)
            if known is not None and rank <= known.rank:
                continue
            published = dict(known.published) if known is not None else {}
            current = {mention.mention_id: mention for mention in mentions_of(article)}
            emits.extend(_changed(published, current, one.revision))
            held = {
                name: published.get(name, replace(mention, revision=one.revision))
                for name, mention in current.items()
            }
            self._articles[article.article_id] = entry = _Known(rank, one.revision, held)
            changes[article.article_id] = _encode(entry)
        return Outcome(emits, changes)


def _rank(article: Article) -> tuple[bool, str, int, int, str]:
    """What decides between two versions; the higher wins.

    A pointer without text (GDELT) never takes the place of an article with one.
    """
    says_something = bool(article.text) or article.status != "usable"
    padded = _DIGITS.sub(lambda match: match[1].zfill(12), article.version or "")
    return (
        says_something,
        padded,
        article.updated_at or 0,
        article.published_at,
        article.content_hash,
    )


def _changed(
    published: dict[str, Mention], current: dict[str, Mention], revision: Revision
) -> Iterator[Emit]:
    """Give what to publish, and bring ``published`` up to date where it changed."""
    for name in sorted(published.keys() - current.keys()):
        yield from _emits(replace(published[name], is_deleted=True, revision=revision))
    for name, mention in current.items():
        before = published.get(name)
        if before is None or replace(before, revision=mention.revision) != mention:
            published[name] = replace(mention, revision=revision)
            yield from _emits(published[name])


def _emits(mention: Mention) -> Iterator[Emit]:
    day = to_datetime(mention.valid_from).date().isoformat()
    bucket = f"{mention.type}/{day}"
    yield Emit("news.mentions", mention.mention_id, mention, partition_by=bucket)
    yield Emit("relate.inputs", mention.mention_id, mention, Route.ALL)
