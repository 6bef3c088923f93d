"""Articles to mentions: by the rule book, on labelled articles; times, negatives, retractions."""

import json
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import recording
from streams.facts.derived import Mention
from streams.facts.identity import Revision
from streams.facts.instants import Instant, parse_rfc3339, rfc3339, to_datetime
from streams.facts.received import Article
from streams.feeds.documents import Received
from streams.feeds.news import text as news_text
from streams.mentions import mentions_of
from streams.mentions.stage import ArticlesStage
from streams.stages import Arrived

LABELLED = Path(__file__).parents[3] / ".." / "shared" / "samples" / "news" / "labelled.jsonl"


def article(text: str, published: str = "2025-03-20T12:00:00Z") -> Article:
    received = Received("outlet", parse_rfc3339(published), "text")
    return next(news_text.parse(text.encode(), received, published=parse_rfc3339(published)))


def day(mention: Mention) -> str:
    local = to_datetime(mention.valid_from).astimezone(ZoneInfo("America/New_York"))
    return local.date().isoformat()


def told(text: str, published: str = "2025-03-20T12:00:00Z") -> list[tuple[str, str]]:
    return [(one.type, day(one)) for one in mentions_of(article(text, published))]


@pytest.mark.skipif(not LABELLED.exists(), reason="the shared samples are not on this machine")
def test_the_shown_articles_give_the_labelled_events() -> None:
    right = found = labelled = 0
    for line in LABELLED.read_text().splitlines():
        one = json.loads(line)
        mentions = mentions_of(article(one["text"], one["published"]))
        assert all(mention.quote in one["text"] for mention in mentions)
        got = {(mention.type, day(mention), mention.actors, mention.place) for mention in mentions}
        expected = {(e["type"], e["date"], tuple(e["actors"]), e["place"]) for e in one["events"]}
        right += len(got & expected)
        found += len(got)
        labelled += len(expected)
    assert 2 * right / (found + labelled) >= 0.95


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Judge Ana Reyes on Monday barred the agency from firing the inspectors.",
            [("order.issued", "2025-03-17")],
        ),
        (
            "The 4th Circuit on Tuesday upheld the injunction against the agency.",
            [("appeal.ruled", "2025-03-18")],
        ),
        (
            "Secretary Maria Lopez visited Panama on Tuesday. She is due in Costa Rica on Friday.",
            [("visit.occurred", "2025-03-18"), ("visit.planned", "2025-03-21")],
        ),
        (
            "Judge John McConnell extended the restraining order on Wednesday.",
            [("order.extended", "2025-03-19")],
        ),
        ("If Judge Reyes issued an order on Monday, the agency would obey.", []),
        ("Did Judge Reyes issue an order on Monday?", []),
        ("Judge Reyes has not issued an order since Monday.", []),
        ("Judge Reyes once issued an order of this kind.", []),
        ("A baker said on Monday that the bread was good.", []),
    ],
)
def test_what_an_article_tells(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("words", "earliest", "latest"),
    [
        ("at 7:25 p.m. Eastern", "2025-03-15T23:25:00.000Z", "2025-03-15T23:25:59.999Z"),
        ("at about 6:25 p.m. Central", "2025-03-15T23:25:00.000Z", "2025-03-15T23:25:59.999Z"),
        (
            "between 7:25 p.m. and 7:27 p.m. Eastern",
            "2025-03-15T23:25:00.000Z",
            "2025-03-15T23:27:59.999Z",
        ),
        # one-sided words bound nothing to a minute
        ("after 7:25 p.m. Eastern", "2025-03-15T04:00:00.000Z", "2025-03-16T03:59:59.999Z"),
        ("", "2025-03-15T04:00:00.000Z", "2025-03-16T03:59:59.999Z"),
    ],
)
def test_a_clock_time_covers_its_minute(words: str, earliest: str, latest: str) -> None:
    text = f"Judge James Boasberg's written order was entered {words} on Saturday."
    (mention,) = mentions_of(article(text))
    assert (rfc3339(mention.valid_from), rfc3339(mention.valid_to)) == (earliest, latest)


def test_a_flight_is_claimed_as_removal_only_by_words_never_by_its_number() -> None:
    plain = "Flight 6143 (N278GX) took off from Harlingen at 5:25 p.m. Eastern on Saturday."
    (mention,) = mentions_of(article(plain))
    assert (mention.flight_numbers, mention.registrations) == (("6143",), ("N278GX",))
    assert not mention.claims_removal
    (claimed,) = mentions_of(article(plain[:-1] + ", carrying people deported under the act."))
    assert claimed.claims_removal


ARTICLES = [
    record
    for document in recording.documents()
    if document.kind.startswith("news.")
    for record in document.records()
]


def versions() -> list[Article]:
    """The recording's articles, an edit of one and a kill of another."""
    edited = replace(ARTICLES[0], updated_at=Instant(ARTICLES[0].published_at + 1), text="Nothing.")
    killed = replace(ARTICLES[-1], version="2", status="canceled")
    return [*ARTICLES, edited, killed]


def final(articles: list[Article], cuts: set[int], restarts: bool) -> dict[str, Mention]:
    stage, table, last, start = ArticlesStage(), {}, {}, 0
    stage.restore([])
    for end in [*sorted(cuts), len(articles)]:
        batch = [
            Arrived("news.articles", 0, index, Revision(index), "k", articles[index])
            for index in range(start, min(end, len(articles)))
        ]
        start = max(start, min(end, len(articles)))
        outcome = stage.apply(batch)
        for emit in outcome.emits:
            if emit.topic == "news.mentions":
                last[emit.key] = emit.record
        table |= outcome.changes
        if restarts:
            stage = ArticlesStage()
            stage.restore(table.items())
    return {
        name: replace(one, revision=Revision(0)) for name, one in last.items() if not one.is_deleted
    }


def test_an_edit_retracts_what_is_gone_and_a_kill_retracts_everything() -> None:
    left = final(versions(), set(), restarts=False)
    gone = {ARTICLES[0].article_id, ARTICLES[-1].article_id}
    expected = {
        m.mention_id: m for a in ARTICLES if a.article_id not in gone for m in mentions_of(a)
    }
    assert left == expected


@settings(max_examples=25, deadline=None)
@given(
    st.permutations([*versions(), *versions()[:3]]),
    st.sets(st.integers(1, 14), max_size=4),
    st.booleans(),
)
def test_order_repeats_cuts_and_restarts_change_nothing(
    articles: list[Article], cuts: set[int], restarts: bool
) -> None:
    assert final(articles, cuts, restarts) == final(versions(), set(), restarts=False)
