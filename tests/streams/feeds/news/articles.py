"""Small documents of news feeds, written for the tests."""

from xml.sax.saxutils import escape


def rss(*titles: str, text: str = "The minister met the delegation on Tuesday.") -> bytes:
    """An outlet's RSS with an article a title; the address of each is its place."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>https://paper.example.org/{place}</link>"
        f"<guid>g{place}</guid><description>{escape(text)}</description>"
        "<pubDate>Sat, 15 Mar 2025 23:25:00 GMT</pubDate></item>"
        for place, title in enumerate(titles)
    )
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>The Paper</title>'
        f"{items}</channel></rss>"
    ).encode()
