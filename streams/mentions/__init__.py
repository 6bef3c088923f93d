"""From articles to mentions: typed statements about the world, each with the words it rests on."""

from streams.mentions.mentions import events_of, mentions_of

__all__ = ["events_of", "mentions_of"]
