"""What names of people look like, as parts of patterns."""

from __future__ import annotations

_CAP = r"[A-ZÀ-ÞŁŚŻČŠ][\w'\u2019-]*\w"
_INITIALS = r"(?:[A-Z]\.){1,3}"
PARTICLE = r"(?:(?:van|von|der|de|la|del|di|da|dos|bin|bint|el|al|ter|den|y)[ -]){1,3}"
PART = rf"(?:{_CAP}|{_INITIALS})"
SUFFIX = r"(?:,? (?:Jr\.|Sr\.|III|II|IV)(?!\w))?"
