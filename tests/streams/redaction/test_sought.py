"""What is sought is found in any bytes that hold it, and in none that do not."""

from dataclasses import asdict, replace

from hypothesis import given
from hypothesis import strategies as st

from streams.connectors.delivery import parcel
from streams.connectors.entries import Entry
from streams.facts.instants import Instant
from streams.feeds.documents import Received
from streams.feeds.kinds import parse
from streams.redaction.sought import Sought
from tests.streams.feeds.news.articles import rss

SEALED = "The sealed affidavit names the pilot of the second aircraft and his home address."
OTHER = "The minister met the delegation on Tuesday in the capital of the neighbouring country."


def article(text: str, title: str = "A title that tells little"):
    (one,) = parse("news.rss", rss(title, text=text), Received("paper", Instant(0), "d"))
    return one


def sought(text: str = SEALED, *others: str) -> Sought:
    found = Sought("https://paper.example.org/0")
    assert found.meant(article(text))
    for other in others:
        found.spare(replace(article(other), article_id="x", url="x", guid="x"))
    return found


@given(st.binary(max_size=40), st.integers(0, len(SEALED) - 32), st.binary(max_size=40))
def test_any_quote_of_32_letters_is_found_in_any_bytes(
    before: bytes, at: int, after: bytes
) -> None:
    quote = SEALED[at : at + 32].encode()
    assert sought().within(before + quote + after)


@given(st.binary(max_size=200))
def test_other_bytes_are_left_alone(data: bytes) -> None:
    assert not sought().within(data)
    assert not sought(SEALED, OTHER).within(OTHER.encode())


def test_words_that_others_hold_as_well_tell_nothing() -> None:
    shared = "This is a docket text order granting the motion for an extension of time."
    found = sought(f"{SEALED} {shared}", shared)
    assert not found.within(shared.encode())
    assert found.within(SEALED.encode())


def test_an_id_is_not_found_in_a_longer_one() -> None:
    found = sought()
    assert found.within(b"\xd9\x1bhttps://paper.example.org/0\xc0")
    assert not found.within(b"\xd9\x1bhttps://paper.example.org/01\xc0")
    assert not found.refers({"article_id": "https://paper.example.org/01", "quote": OTHER})
    assert not found.refers({"document_number": "g0"})  # a guid that short means nothing


def test_facts_that_refer_to_facts_are_found_by_their_ids() -> None:
    found = sought()
    mention = {"mention_id": "mention-0123456789", "article_id": "https://paper.example.org/0"}
    event = {"event_id": "event-0123456789", "reports": [{"mention_id": "mention-0123456789"}]}
    assert not Sought("https://paper.example.org/0").refers(event)
    assert found.refers(mention)
    assert found.refers(event)
    assert found.refers({"subject_id": "event-0123456789"})


def test_a_feed_does_not_let_in_again_what_was_taken_out() -> None:
    from streams.connectors.delivery import tombstone_key

    entry = Entry("l", 1, "news.rss", "p", "d", Instant(0), "0", 0, {}, {}, None, [], None)
    redacted = {tombstone_key("https://paper.example.org/1"): {}}
    held = parcel(entry, rss("A", "B", "C"), frozenset(), redacted=redacted)
    assert (held.records, held.withheld) == (2, 1)
    assert b"B" not in b"".join(one.value[-200:-64] for one in held.messages if one.value)
    assert asdict(entry)["seq"] == 1
