"""Word lists of the grammar, by name: ``lexicon/grammar.yaml`` in, sets out."""

from __future__ import annotations

from streams.mentions.gazetteer import load


def word_set(name: str) -> frozenset[str]:
    """A list of the file. Raises KeyError for one that it has not."""
    return frozenset(load("grammar")[name])
