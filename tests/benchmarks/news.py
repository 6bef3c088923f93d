"""How fast articles become mentions: 3,000-character articles in, articles a second out."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from streams.facts.received import Article
from streams.mentions import mentions_of
from tests.streams.mentions.scoring import article, labelled

_CHARACTERS = 3_000
_ROUND_S = 1.0
# What an article has besides its news: paragraphs that tell of no dated event.
_BACKGROUND = (
    "The case is one of dozens that have tested how far a president may go without Congress, and "
    "lawyers on both sides expect it to reach the justices in the end.",
    "People who have followed the program since it began say that it was never meant to last, "
    "though few thought that it would be fought over in so many courtrooms at once.",
    "A spokesman did not answer questions about what the change would cost, or who would pay.",
    "“We have done this before and we will do it again,” one of the organizers said, standing "
    "beside a folding table piled with sandwiches and printed forms.",
    "Economists are divided. Some say that prices would fall within a year; others point to the "
    "years after the last such experiment, when they did not.",
    "The town has about nine thousand people, two grocery stores and a school that was closed "
    "when the mill was. Most of those who work there drive an hour each way.",
)


def run(*, quick: bool = False) -> dict[str, Any]:
    """Articles a second on one core, by processor time: the median of several rounds.

    ``ordinary`` articles mix news with background as papers do; ``dense`` ones are news in every
    sentence, which no paper prints.
    """
    rounds = 3 if quick else 9
    dense, ordinary = _articles(background=False), _articles(background=True)
    return {
        "articles_per_second": _speed(ordinary, rounds),
        "articles_per_second_dense": _speed(dense, rounds),
        "characters": _CHARACTERS,
        "articles": len(ordinary),
        "mentions_per_article": round(
            sum(len(mentions_of(a)) for a in ordinary) / len(ordinary), 1
        ),
    }


def _articles(*, background: bool) -> list[Article]:
    made = []
    for one in (one for one in labelled("rules") if len(one.article.text) > 600):
        paragraphs, extra = one.article.text.split("\n"), list(_BACKGROUND)
        text = ""
        while len(text) < _CHARACTERS:
            text += f"{paragraphs.pop(0)}\n" if paragraphs else ""
            if background or not paragraphs:
                text += f"{extra[0]}\n" if background else f"{one.article.text}\n"
                extra.append(extra.pop(0))
        published = "2025-06-12T22:00:00Z"
        made.append(article(text[:_CHARACTERS], published))
    return made


def _speed(articles: list[Article], rounds: int) -> int:
    for one in articles:
        mentions_of(one)
    speeds = []
    for _ in range(rounds):
        read, begun = 0, time.process_time()
        while (took := time.process_time() - begun) < _ROUND_S:
            for one in articles:
                mentions_of(one)
            read += len(articles)
        speeds.append(read / took)
    return round(median(speeds))
