"""From position reports to flight legs: pure, per aircraft, in event time."""

from streams.legs.legs import legs_of

__all__ = ["legs_of"]
