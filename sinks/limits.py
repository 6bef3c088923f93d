"""What the sink may hold and refuse: figures that a deployment may change."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from deploy.errors import StackError


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in records and bytes, times in seconds."""

    linger_s: float = 0.25
    """How long a record may wait for company: fewer, larger inserts."""
    batch_rows: int = 50_000
    """An insert stays one block and is atomic far below the server's 1,048,576."""
    batch_bytes: int = 16 << 20
    lane_bytes: int = 16 << 20
    """What a partition may hold before it is no longer fetched: the next batch, no more."""
    total_bytes: int = 48 << 20
    """What all may hold: fetching further ahead only takes the interpreter from the inserts."""
    inserts_at_once: int = 2
    revoke_wait_s: float = 20
    """How long a moving partition waits for its insert in flight."""
    backoff_s: tuple[float, float] = (0.2, 15)
    """First and longest pause between tries of an insert."""
    bad_run: int = 1_000
    """So many refused records in a row stop the sink."""
    bad_share: float = 0.2
    """Such a share of refused records among the last ``bad_window`` stops it."""
    bad_window: int = 5_000
    bad_least: int = 100
    """Fewer refused records than this never stop it."""


class TooManyBadRecordsError(StackError):
    """A topic's records are refused one after the other: something is wrong upstream, or here."""


@dataclass(slots=True)
class Quarantine:
    """Judges one partition's stream of verdicts: quarantine goes on, or the sink must stop."""

    limits: Limits
    _run: int = 0
    _recent: deque[bool] = field(init=False)
    _bad: int = 0

    def __post_init__(self) -> None:
        self._recent = deque(maxlen=self.limits.bad_window)

    def see(self, place: str, verdicts: list[bool], reason: str) -> None:
        """Take in the verdicts on a batch, in order; True is bad.

        Raises TooManyBadRecordsError, before any of the batch was put away.
        """
        if verdicts and not any(verdicts):  # nearly always
            self._run = 0
            self._recent.extend(verdicts[-self.limits.bad_window :])
            self._bad = sum(self._recent)
            return
        for bad in verdicts:
            self._run = self._run + 1 if bad else 0
            if len(self._recent) == self.limits.bad_window:
                self._bad -= self._recent[0]
            self._recent.append(bad)
            self._bad += bad
            if self._run >= self.limits.bad_run or (
                self._bad >= self.limits.bad_least
                and self._bad > self.limits.bad_share * len(self._recent)
            ):
                raise TooManyBadRecordsError(
                    f"{place}: {self._bad} of the last {len(self._recent)} records are unusable, "
                    f"{self._run} of them in a row; the last one: {reason}. The sink stops here "
                    "rather than drain the topic into the dead letters"
                )
