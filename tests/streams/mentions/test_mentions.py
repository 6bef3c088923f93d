"""Articles to mentions: by the rule book, on labelled articles; days, negatives, retractions."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import recording
from streams.facts.identity import Revision
from streams.facts.instants import Instant, parse_rfc3339, rfc3339
from streams.facts.news import Mention
from streams.facts.received import Article
from streams.mentions import events_of, gazetteer, mentions_of, signals
from streams.mentions.citations import citations
from streams.mentions.stage import ArticlesStage
from streams.stages import Arrived
from tests.streams.mentions.scoring import article, day, labelled, same_actor, score

LABELLED = Path(__file__).parents[3] / ".." / "shared" / "samples" / "news" / "labelled.jsonl"
THURSDAY = "2025-03-20T16:00:00Z"


def found(text: str, published: str = THURSDAY) -> list[Mention]:
    return mentions_of(article(text, published))


def told(text: str, published: str = THURSDAY) -> set[tuple[str, str]]:
    return {(one.type, day(one)) for one in found(text, published)}


@pytest.mark.skipif(not LABELLED.exists(), reason="the shared samples are not on this machine")
def test_the_shown_articles_give_the_labelled_events() -> None:
    right = made = wanted = 0
    for line in LABELLED.read_text().splitlines():
        one = json.loads(line)
        mentions = found(one["text"], one["published"])
        assert all(mention.quote in one["text"] for mention in mentions)
        got = {(mention.type, day(mention), mention.actors, mention.place) for mention in mentions}
        expected = {(e["type"], e["date"], tuple(e["actors"]), e["place"]) for e in one["events"]}
        right += len(got & expected)
        made += len(got)
        wanted += len(expected)
    assert 2 * right / (made + wanted) >= 0.95


def test_three_hundred_articles_are_labelled_and_half_of_them_were_set_aside() -> None:
    rules, apart = labelled("rules"), labelled("apart")
    assert len(rules) + len(apart) >= 300
    assert len(apart) >= 150
    for one in (*rules, *apart):
        assert all(label.words in one.article.text for label in one.labels), one.name


@pytest.mark.parametrize(
    ("group", "least"), [("rules", 0.95), ("apart", 0.85), ("fresh", 0.85), ("unseen", 0.85)]
)
def test_events_and_actors_are_found_and_few_others(group: str, least: float) -> None:
    figures = score(labelled(group)).figures()
    assert figures["f1"] >= least
    assert figures["actor_precision"] >= 0.80
    assert figures["actor_recall"] >= 0.80


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # how a court acts
        ("Judge Ana Reyes barred the firings on Monday.", {("order.issued", "2025-03-17")}),
        (
            "Ruling from the bench on Monday, Judge Ana Reyes barred the firings.",
            {("order.pronounced", "2025-03-17")},
        ),
        (
            "Judge Ana Reyes' written order was posted to the docket on Monday.",
            {("order.entered", "2025-03-17")},
        ),
        ("Judge Ana Reyes extended the pause on Monday.", {("order.extended", "2025-03-17")}),
        ("Judge Ana Reyes stayed her ruling on Monday.", {("order.stayed", "2025-03-17")}),
        ("Judge Ana Reyes dissolved her injunction on Monday.", {("order.vacated", "2025-03-17")}),
        ("The 4th Circuit lifted the injunction on Monday.", {("appeal.ruled", "2025-03-17")}),
        ("The 4th Circuit vacated its own stay on Monday.", {("appeal.ruled", "2025-03-17")}),
        ("The Supreme Court vacated the order on Monday.", {("order.vacated", "2025-03-17")}),
        ("The Supreme Court paused the ruling on Monday.", {("order.stayed", "2025-03-17")}),
        ("Idaho appealed the ruling on Monday.", {("appeal.filed", "2025-03-17")}),
        # an executive order is no order of a court
        ("Judge Ana Reyes lifted the executive order Monday.", {("order.issued", "2025-03-17")}),
        # several events in a sentence
        (
            "Judge Ana Reyes barred the firings on Monday, and the agency appealed the next day.",
            {("order.issued", "2025-03-17"), ("appeal.filed", "2025-03-18")},
        ),
        # a plan is no visit
        (
            "Secretary Maria Lopez visited Panama on Tuesday. She is due in Lima on Friday.",
            {("visit.occurred", "2025-03-18"), ("visit.planned", "2025-03-21")},
        ),
        ("Secretary Maria Lopez canceled a trip to Lima on Tuesday.", set()),
        ("President Trump met lawmakers at the White House on Tuesday.", set()),
        # a claim is no fact
        (
            "The State Department said on Tuesday that no plane left after the order.",
            {("claim.asserted", "2025-03-18")},
        ),
        (
            "The State Department said on Tuesday that it would review visas.",
            {("statement.made", "2025-03-18")},
        ),
        ("A senior official said on Tuesday that no plane left after the order.", set()),
        # flights count only with people in custody or officials
        (
            "A plane with 80 deportees left Laredo on Tuesday night and landed in Quito "
            "shortly after midnight.",
            {("flight.departed", "2025-03-18"), ("flight.landed", "2025-03-19")},
        ),
        # who tells of an event makes no statement, whatever stands between name and verb
        (
            "Judge Ana Reyes barred the firings on Monday, Maria Lopez, a deputy director "
            "of Immigration and Customs Enforcement, said on Tuesday.",
            {("order.issued", "2025-03-17")},
        ),
        ("A cargo plane with flowers landed in Miami on Tuesday.", set()),
        # what did not happen, may happen, or is history
        ("If Judge Ana Reyes barred the firings on Monday, the agency would obey.", set()),
        ("Did Judge Ana Reyes bar the firings on Monday?", set()),
        ("Judge Ana Reyes did not bar the firings on Monday.", set()),
        ("No judge barred the firings on Monday.", set()),
        ("Judge Ana Reyes never barred the firings on Monday.", set()),
        ("Secretary Maria Lopez was not in Panama on Tuesday.", set()),
        ("No plane with deportees landed in Quito on Tuesday.", set()),
        ("Judge Ana Reyes could bar the firings on Friday.", set()),
        ("Judge Ana Reyes once barred such firings.", set()),
        ("On March 3, 2014, Judge Ana Reyes barred the firings.", set()),
        # days that bound are not days on which it happened
        (
            "Judge Ana Reyes ordered an answer by Friday.",
            set(),
        ),
        # private persons and pseudonyms
        ("Maria Lopez, a baker, said on Monday that the order had been ignored.", set()),
        ("Jane Doe told the court on Monday that the flight had left.", set()),
    ],
)
def test_what_an_article_tells(text: str, expected: set[tuple[str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on Wednesday", "2025-03-19"),
        ("Wednesday night", "2025-03-19"),
        ("on Thursday", "2025-03-20"),
        ("on Friday", "2025-03-14"),
        ("last Thursday", "2025-03-13"),
        ("today", "2025-03-20"),
        ("yesterday", "2025-03-19"),
        ("on March 4", "2025-03-04"),
        ("on 4 March 2025", "2025-03-04"),
        ("on Tuesday, March 11", "2025-03-11"),
        ("on Dec. 30", "2024-12-30"),
    ],
)
def test_days_are_relative_to_publication(text: str, expected: str) -> None:
    assert told(f"Judge Ana Reyes barred the firings {text}.") == {("order.issued", expected)}


def test_a_dateline_dates_what_has_no_day_of_its_own() -> None:
    text = "PARIS, March 18 (Reuters) - Secretary of State Marco Rubio met President Macron."
    assert told(text) == {("visit.occurred", "2025-03-18")}


def test_hours_later_counts_from_the_sentence_before() -> None:
    text = (
        "Judge Ana Reyes barred the firings on Monday. Hours later, the D.C. Circuit paused "
        "her order. Two days later the full court lifted the pause."
    )
    assert told(text) == {
        ("order.issued", "2025-03-17"), ("appeal.ruled", "2025-03-17"),
        ("appeal.ruled", "2025-03-19"),
    }  # fmt: skip


def test_a_weekday_is_read_in_the_outlets_zone() -> None:
    late = article("Judge Ana Reyes barred the firings on Wednesday.", "2025-03-20T05:30:00Z")
    assert {day(one) for one in mentions_of(late)} == {"2025-03-19"}
    # there it still is Wednesday evening; in New York the Wednesday before this day began
    western = replace(late, outlet="Los Angeles Times", published_at=Instant(late.published_at))
    (mention,) = mentions_of(western)
    assert rfc3339(mention.valid_from) == "2025-03-19T07:00:00.000Z"


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("Home Secretary Jane Roe said on Monday that she would act.", "Jane Roe"),
        ("Jane Roe, the home secretary, said on Monday that she would act.", "Jane Roe"),
        ("Chile's foreign minister, Jane Roe, said on Monday that she would act.", "Jane Roe"),
        ("A spokesman for the agency, Nate Roe, said on Monday that it would act.", "Nate Roe"),
        ("“We will act,” said Gov. Jane Roe on Monday.", "Jane Roe"),
        ("Gov. Jane Roe was calm. The governor said on Monday that she would act.", "Jane Roe"),
        ("Gov. Jane Roe was calm. Ms. Roe said on Monday that she would act.", "Jane Roe"),
        ("President Bukele was calm. He said on Monday that he would act.", "Nayib Bukele"),
        ("The Texas Education Agency said Monday that it would act.", "Texas Education Agency"),
        ("Justice Department lawyers said Monday that they would act.", "Department of Justice"),
    ],
)
def test_who_speaks_is_resolved_within_the_article(text: str, actor: str) -> None:
    (mention,) = found(text)
    assert mention.actors == (actor,)


def test_a_judge_without_a_name_is_the_one_named_next() -> None:
    text = (
        "A federal judge in Boston barred the firings on Monday. "
        "U.S. District Judge Jane Roe said that they were unlawful."
    )
    assert [(one.type, one.actors) for one in found(text)] == [("order.issued", ("Jane Roe",))]
    alone = "A federal judge in Boston barred the firings on Monday."
    assert [one.actors for one in found(alone)] == [()]


NAMES = st.sampled_from(["Maria Lopez", "Sean Webb", "Ana Prado", "Lee Gelernt", "John Doe"])
TITLES = st.sampled_from(["Sheriff", "Secretary", "Governor", "Judge", "Prime Minister"])
DEEDS = st.sampled_from(
    ["said that the order had been ignored", "visited Panama", "barred the firings",
     "appealed the ruling", "told reporters that the plane had left"]
)  # fmt: skip


@settings(max_examples=60)
@given(private=NAMES, official=NAMES, title=TITLES, deed=DEEDS, other=DEEDS)
def test_a_private_person_is_never_an_actor(
    private: str, official: str, title: str, deed: str, other: str
) -> None:
    text = f"{title} Ann Roe {deed} on Monday. {private}, a nurse, {other} on Tuesday."
    text += f"\n{private} {deed} on Wednesday."
    del official
    assert all(not same_actor(actor, private) for one in found(text) for actor in one.actors)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([one.article for one in (*labelled("rules"), *labelled("apart"))]))
def test_a_quote_is_of_the_text_and_an_interval_narrow(one: Article) -> None:
    first, again = mentions_of(one), mentions_of(one)
    assert first == again
    assert len({m.mention_id for m in first}) == len(first)
    for mention in first:
        assert mention.quote in one.text
        assert 0 < mention.valid_to - mention.valid_from < 36 * 3_600_000


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    for prefix in ("", "Judge Ana Reyes on Monday ordered “", "LIMA, March 4 — Gov. Roe said ("):
        body = f"{prefix}{text}"
        if body.strip():
            assert all(one.quote in body for one in found(body))


@pytest.fixture
def lexicon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "lexicon"
    shutil.copytree(gazetteer.FOLDER, folder)
    monkeypatch.setattr(gazetteer, "FOLDER", folder)
    cached = (gazetteer.load, gazetteer.forms, signals.automaton, gazetteer.people_by_surname)
    for one in cached:
        one.cache_clear()
    yield folder
    for one in cached:
        one.cache_clear()


def test_a_line_in_a_file_is_enough_to_know_somebody(lexicon: Path) -> None:
    text = "Quisling said on Monday that he would act."
    assert found(text) == []
    with (lexicon / "people.yaml").open("a") as file:
        file.write("Vera Quisling: {short: Quisling, offices: [Mayor 2025-01-01/]}\n")
    gazetteer.load.cache_clear()
    gazetteer.forms.cache_clear()
    signals.automaton.cache_clear()
    assert [one.actors for one in found(text)] == [("Vera Quisling",)]


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
    (mention,) = found(text)
    assert (rfc3339(mention.valid_from), rfc3339(mention.valid_to)) == (earliest, latest)


def test_a_flight_is_claimed_as_removal_only_by_words_never_by_its_number() -> None:
    plain = "Flight 6143 (N278GX) took off from Harlingen at 5:25 p.m. Eastern on Saturday."
    (mention,) = found(plain)
    assert (mention.flight_numbers, mention.registrations) == (("6143",), ("N278GX",))
    assert not mention.claims_removal
    (claimed,) = found(plain[:-1] + ", carrying people deported under the act.")
    assert claimed.claims_removal


def test_two_flights_of_one_day_and_place_stay_two() -> None:
    text = (
        "Flight 6143 took off from Harlingen on Saturday with deportees. "
        "Flight 6145 took off from Harlingen on Saturday with deportees."
    )
    assert [one.flight_numbers for one in found(text)] == [("6143",), ("6145",)]


def test_each_event_printed_carries_plover_codes() -> None:
    (event,) = events_of(article("Rubio visited the troops in Lima on Monday.", THURSDAY))
    assert event["plover"] == {"event": "CONSULT", "mode": "visit", "contexts": ["military"]}
    (event,) = events_of(article("Rubio praised the tariffs on Monday.", THURSDAY))
    assert event["plover"] == {"event": "SUPPORT", "mode": None, "contexts": ["economic"]}


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


def test_a_pointer_without_text_never_takes_an_articles_place() -> None:
    whole = ARTICLES[0]
    pointer = replace(whole, text="", title="", published_at=Instant(whole.published_at + 9_000))
    alone = final([whole], set(), restarts=False)
    assert alone
    assert final([whole, pointer], set(), restarts=False) == alone
    assert final([pointer, whole], {1}, restarts=True) == alone


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


def test_instants_in_events_are_rfc_3339() -> None:
    (event,) = events_of(article("Judge Ana Reyes barred the firings on Monday.", THURSDAY))
    assert parse_rfc3339(event["valid_from"]) < parse_rfc3339(event["valid_to"])


def test_docket_numbers_registrations_and_airports_are_taken_from_the_words() -> None:
    text = (
        "Judge Ana Reyes barred the flights in case 1:25-cv-766-AHR, now No. 25-5067, by a vote "
        "of 21-10 on Monday, KTLA reported, after N278GX left KHRL for MHPR."
    )
    (mention,) = [one for one in found(text) if one.type == "order.issued"]
    assert mention.docket_numbers == ("1:25-cv-00766", "25-5067")
    assert mention.registrations == ("N278GX",)
    assert mention.airports == ("KHRL", "MHPR")


def test_a_printed_event_names_dockets_and_the_cases_that_its_words_cite() -> None:
    text = (
        "Judge Ana Reyes, citing Trump v. J.G.G., 604 U.S. 670 (2025), and 145 S. Ct. 1364, barred "
        "the flights in No. 1:25-cv-766 on Monday, by 12 April 2025 at the latest."
    )
    (event,) = events_of(article(text, THURSDAY))
    assert event["citations"] == ["145 S. Ct. 1364", "604 U.S. 670"]
    assert event["docket_numbers"] == ["1:25-cv-00766"]


@pytest.mark.parametrize(
    "words",
    ["a vote of 52 to 48", "on 16 July 2025", "Rubio v. Roe", "12 F-16s and 3 B-52s"],
)
def test_what_is_no_citation_is_not_taken_for_one(words: str) -> None:
    assert citations(words) == ()


def test_a_post_that_a_page_shows_is_its_authors_statement() -> None:
    text = "I toured the camp.\n— Secretary Kristi Noem (@Sec_Noem) March 19, 2025\nMore followed."
    assert [(one.type, day(one), one.actors) for one in found(text)] == [
        ("statement.made", "2025-03-19", ("Kristi Noem",)),
    ]
    assert found("Nice.\n— A baker (@baker) March 19, 2025") == []
