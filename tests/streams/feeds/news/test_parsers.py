"""News documents as feeds send them, odd ones too: what is an article, and which one."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.facts.instants import Instant, parse_rfc3339, rfc3339
from streams.facts.received import Article
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.kinds import parse
from streams.feeds.news.articles import canonical_url, plain_text

RECEIVED = Received("a feed", parse_rfc3339("2025-03-20T12:00:00Z"), "document")
PUBLISHED = parse_rfc3339("2025-03-20T12:00:00Z")
ITEM = """<item><title>Judge rules</title><link>https://News.example/a/?utm_source=x&amp;id=7#top</link>
<guid>g1</guid><pubDate>Wed, 26 Mar 2025 18:00:00 -0400</pubDate>
<description>&lt;p&gt;One.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;
&lt;p&gt;Two &amp;amp; three.&lt;/p&gt;</description></item>"""


def read(kind: str, data: bytes | str) -> list[Article | BadItem]:
    data = data.encode() if isinstance(data, str) else data
    return list(parse(kind, data, RECEIVED, published=PUBLISHED))


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>The Daily</title>{"".join(items)}</channel></rss>'


def ninjs(**fields: Any) -> str:
    item = {
        "uri": "urn:1",
        "versionCreated": "2025-03-20T12:00:00Z",
        "bodies": [{"value": "<p>A judge ruled.</p>"}],
    }
    return json.dumps(item | fields)


def mentions_row(**cells: str) -> str:
    row = ["1", "20250315230000", "20250316010000", "1", "a.example", "https://a.example/x"]
    row += ["1", "-1", "10", "20", "1", "50", "3000", "-2.1", "", ""]
    names = {"time": 2, "kind": 3, "outlet": 4, "address": 5}
    for name, value in cells.items():
        row[names[name]] = value
    return "\t".join(row)


def test_an_rss_item_is_an_article_in_utc_with_plain_paragraphs() -> None:
    (one,) = read("news.rss", rss(ITEM))
    assert isinstance(one, Article)
    assert one.url == one.article_id == "https://news.example/a?id=7"
    assert (one.outlet, one.title) == ("The Daily", "Judge rules")
    assert one.text == "One.\nTwo & three."
    assert rfc3339(one.published_at) == "2025-03-26T22:00:00.000Z"


def test_atom_tells_an_update_from_publication() -> None:
    (one,) = read(
        "news.rss",
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>tag:1</id>'
        "<title>t</title><published>2025-03-26T10:00:00Z</published>"
        "<updated>2025-03-26T11:00:00Z</updated><content>words</content></entry></feed>",
    )
    assert isinstance(one, Article)
    assert one.article_id == "tag:1"
    assert one.updated_at == one.published_at + 3_600_000


def test_a_stray_ampersand_does_not_lose_a_feed() -> None:
    (one,) = read("news.rss", rss(ITEM.replace("Judge rules", "Judge & jury&nbsp;rule")))
    assert isinstance(one, Article)
    assert one.title == "Judge & jury rule"


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ("<item><title>t</title></item>", "pubDate"),
        ("<item><title>t</title><pubDate>soon</pubDate></item>", "pubDate"),
        ("<item><pubDate>Wed, 26 Mar 2025 18:00:00 GMT</pubDate></item>", "title"),
    ],
)
def test_a_bad_item_is_named_and_its_neighbours_are_read(item: str, field: str) -> None:
    bad, good = read("news.rss", rss(item, ITEM))
    assert isinstance(bad, BadItem)
    assert (bad.item, bad.field) == ("item 0", field)
    assert isinstance(good, Article)


@pytest.mark.parametrize(
    "document",
    [
        "",
        "not XML",
        "<html><body>gone</body></html>",
        '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss version="2.0"><channel>'
        "<item><title>&b;</title></item></channel></rss>",
        '<!DOCTYPE r [<!ENTITY a "aaaa">]><rss version="2.0"><channel><item><title>&a;',
    ],
)
def test_what_is_no_feed_or_expands_entities_is_refused_whole(document: str) -> None:
    with pytest.raises(BadDocument, match="document"):
        read("news.rss", document)


def test_ninjs_keeps_version_status_and_both_times() -> None:
    (one,) = read(
        "news.ninjs",
        ninjs(version="3", pubStatus="canceled", firstCreated="2025-03-20T11:00:00Z", by="A. B."),
    )
    assert isinstance(one, Article)
    assert (one.version, one.status, one.byline) == ("3", "canceled", "A. B.")
    assert one.updated_at == Instant(one.published_at + 3_600_000)


def test_ninjs_of_the_first_version_is_read_too() -> None:
    (one,) = read(
        "news.ninjs",
        json.dumps({
            "uri": "urn:2", "versioncreated": "2025-03-20T12:00:00Z", "pubstatus": "withheld",
            "headline": "H", "body_xhtml": "<p>One</p><p>Two</p>", "byline": "C. D.",
        }),
    )  # fmt: skip
    assert isinstance(one, Article)
    assert (one.title, one.text, one.status, one.byline) == ("H", "One\nTwo", "withheld", "C. D.")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"uri": ""}, "uri"),
        ({"uri": 7}, "uri"),
        ({"pubStatus": "embargoed"}, "pubStatus"),
        ({"versionCreated": "yesterday"}, "versionCreated"),
        ({"versionCreated": "2025-03-20T12:00:00"}, "versionCreated"),
        ({"firstCreated": "long ago"}, "firstCreated"),
    ],
)
def test_a_bad_ninjs_item_names_the_field(fields: dict[str, Any], field: str) -> None:
    bad, good = read("news.ninjs", f"[{ninjs(**fields)}, {ninjs()}]")
    assert isinstance(bad, BadItem)
    assert bad.field == field
    assert isinstance(good, Article)


@pytest.mark.parametrize("document", ["", "7", "[1]", "{", b"\xff\xfe", "[" * 5_000])
def test_what_is_no_ninjs_is_refused_whole(document: str | bytes) -> None:
    with pytest.raises(BadDocument):
        read("news.ninjs", document)


def test_plain_text_keeps_its_words_and_refuses_what_is_none() -> None:
    (one,) = read("news.text", "\ufeffLine one.\r\nLine two — “x”.\n".encode())
    assert isinstance(one, Article)
    assert one.text == "Line one.\r\nLine two — “x”."
    assert one.published_at == PUBLISHED
    for bad in (b"", b" \n", b"\xff\xfe\x00"):
        with pytest.raises(BadDocument):
            read("news.text", bad)


def test_gdelt_gives_pointers_with_the_pages_address() -> None:
    (one,) = read("news.gdelt-mentions", mentions_row(outlet=" "))
    assert isinstance(one, Article)
    assert (one.article_id, one.outlet, one.text) == ("https://a.example/x", "a.example", "")
    assert read("news.gdelt-mentions", mentions_row(kind="2")) == []
    row = ["1", "20250315", *["x"] * 57, "20250316010000", "https://b.example:443/y"]
    (event,) = read("news.gdelt-events", "\t".join(row))
    assert isinstance(event, Article)
    assert (event.article_id, event.outlet) == ("https://b.example/y", "b.example")


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"time": "2025"}, "MentionTimeDate"),
        ({"time": "20251301000000"}, "MentionTimeDate"),
        ({"time": "2025 316010000"}, "MentionTimeDate"),
        ({"address": "ftp://a.example/x"}, "MentionIdentifier"),
        ({"address": "http://[::1"}, "MentionIdentifier"),
    ],
)
def test_a_bad_gdelt_row_is_named(cells: dict[str, str], field: str) -> None:
    (bad,) = read("news.gdelt-mentions", mentions_row(**cells))
    assert isinstance(bad, BadItem)
    assert (bad.item, bad.field) == ("line 1", field)
    (short,) = read("news.gdelt-events", "1\t2\t3")
    assert isinstance(short, BadItem)
    assert short.expected == "61 columns"


def test_one_page_has_one_address() -> None:
    forms = [
        "https://A.example/x/?utm_medium=m&b=2",
        "https://a.example:443/x?b=2&fbclid=1#c",
        " https://a.example/x/?b=2 ",
    ]
    assert {canonical_url(form) for form in forms} == {"https://a.example/x?b=2"}
    assert canonical_url("javascript:void(0)") is None
    assert canonical_url("http://[::1") is None


@given(st.text(max_size=60))
def test_a_canonical_address_is_its_own(path: str) -> None:
    once = canonical_url(f"https://a.example/{path}")
    assert once is None or canonical_url(once) == once


def test_text_that_only_looks_like_markup_stays() -> None:
    assert plain_text("a < b and c > d") == "a < b and c > d"
    assert plain_text("<p>one<br>two</p><!-- no --><style>p{}</style>") == "one\ntwo"


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["news.rss", "news.ninjs", "news.gdelt-mentions", "news.gdelt-events"]),
    at=st.integers(0, 400),
    junk=st.binary(min_size=1, max_size=6),
)
def test_damage_is_refused_never_a_crash(kind: str, at: int, junk: bytes) -> None:
    whole = {
        "news.rss": rss(ITEM),
        "news.ninjs": f"[{ninjs()}]",
        "news.gdelt-mentions": mentions_row(),
        "news.gdelt-events": "\t".join(["1"] * 59 + ["20250316010000", "https://b.example/y"]),
    }[kind].encode()
    damaged = whole[: at % len(whole)] + junk + whole[at % len(whole) :]
    try:
        for one in read(kind, damaged):
            assert isinstance(one, (Article, BadItem))
    except BadDocument:
        pass
