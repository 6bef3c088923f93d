"""What may be set for each source that is asked again and again: one class a ``type``."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from streams.connectors.secrets import SecretPlace

_MIB = 1 << 20
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_ADDRESS = re.compile(r"~?[0-9a-f]{6}")


def plain_name(value: str) -> str:
    """A name as it may stand in addresses and files. Raises ValueError."""
    if not _NAME.fullmatch(value):
        raise ValueError("expected lower-case letters, digits and hyphens")
    return value


class Part(BaseModel):
    """A table of the file: what it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Feed(Part):
    """What every polled feed has."""

    name: str
    """Name of the feed: of its lanes, and the ``source`` of its records unless that is given."""
    source: str | None = None
    every_s: float = Field(default=300, gt=0)
    """Seconds from the end of one turn to the next."""
    silent_after_s: float = Field(default=3600, gt=0)
    """A feed without a success for so long is silent, and says so."""
    quiet_after_s: float | None = Field(default=None, gt=0)
    """A feed that answers but brings nothing new for so long says so; None never does."""
    request_timeout_s: float = Field(default=30, gt=0)
    """Until the whole answer must be there, however slowly it drips."""
    max_body_bytes: int = Field(default=64 * _MIB, gt=0)
    max_unpacked_bytes: int = Field(default=256 * _MIB, gt=0)
    requests_per_minute: float = Field(default=30, gt=0)
    """For each host; feeds on one host share it, and the lowest figure counts."""

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        return plain_name(value)

    @property
    def source_name(self) -> str:
        """The ``source`` of its records."""
        return self.source or self.name


class CmecfRss(_Feed):
    """CM/ECF's RSS of courts; ``courts`` as in their addresses, ``ecf.{court}.uscourts.gov``."""

    type: Literal["cmecf-rss"]
    courts: tuple[str, ...] = Field(min_length=1)
    url: str | None = None
    every_s: float = Field(default=300, gt=0)
    quiet_after_s: float | None = Field(default=4 * 86400, gt=0)

    @field_validator("courts")
    @classmethod
    def _courts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for court in value:
            if not re.fullmatch(r"[a-z0-9-]{2,15}", court):
                raise ValueError(f"{court!r} is no court as in ecf.dcd.uscourts.gov")
        return value


class CourtListener(_Feed):
    """CourtListener's REST API v4: entries of dockets, incremental by date_modified."""

    type: Literal["courtlistener"]
    dockets: tuple[int, ...] = Field(min_length=1)
    token: SecretPlace
    url: str = "https://www.courtlistener.com/api/rest/v4/"
    since: str | None = None
    """RFC 3339: entries changed before are not asked for; None asks for all."""
    every_s: float = Field(default=900, gt=0)
    requests_per_minute: float = Field(default=60, gt=0)


class OpenSky(_Feed):
    """OpenSky's state vectors, in a box or everywhere."""

    type: Literal["opensky"]
    boxes: dict[str, tuple[float, float, float, float]] = Field(default_factory=dict)
    """Name to south, west, north, east, in degrees; none means all the world."""
    client_id: SecretPlace | None = None
    client_secret: SecretPlace | None = None
    url: str = "https://opensky-network.org/api/states/all"
    token_url: str = (
        "https://auth.opensky-network.org/auth/realms/opensky-network/protocol/openid-connect/token"  # noqa: S105
    )
    every_s: float = Field(default=90, gt=0)
    silent_after_s: float = Field(default=600, gt=0)

    @model_validator(mode="after")
    def _credentials_whole(self) -> OpenSky:
        if (self.client_id is None) != (self.client_secret is None):
            raise ValueError("client_id and client_secret: both or neither")
        for name, (south, west, north, east) in self.boxes.items():
            if not _NAME.fullmatch(name):
                raise ValueError(f"box {name!r}: expected lower-case letters, digits and hyphens")
            if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
                raise ValueError(f"box {name}: expected south < north and west < east, in degrees")
        return self


class Aircraft(_Feed):
    """readsb's aircraft.json of a receiver, or an answer of the v2 API (adsb.lol and others)."""

    type: Literal["readsb", "adsb-v2"]
    url: str
    every_s: float = Field(default=5, gt=0)
    silent_after_s: float = Field(default=120, gt=0)


class Traces(_Feed):
    """Trace files of whole UTC days, one aircraft each, once the day is over."""

    type: Literal["traces"]
    url: str
    """With ``{hex}``, ``{tail}`` (its last two digits), ``{year}``, ``{month}``, ``{day}``."""
    aircraft: tuple[str, ...] = Field(min_length=1)
    since: str
    """First day, YYYY-MM-DD."""
    delay_s: float = Field(default=3600, ge=0)
    """After the day's end, before its file is asked for."""
    missing_after_days: float = Field(default=2, gt=0)
    """A day's file that is still not there so long after the day is given up."""
    every_s: float = Field(default=3600, gt=0)

    @field_validator("aircraft")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if not _ADDRESS.fullmatch(one):
                raise ValueError(f"{one!r}: expected six lower-case hexadecimal digits")
        return value


class NewsRss(_Feed):
    """An outlet's RSS or Atom."""

    type: Literal["news-rss"]
    url: str
    every_s: float = Field(default=600, gt=0)
    quiet_after_s: float | None = Field(default=2 * 86400, gt=0)


class Gdelt(_Feed):
    """GDELT 2.0's 15-minute files: mentions or events."""

    type: Literal["gdelt"]
    table: Literal["mentions", "events"] = "mentions"
    url: str = "http://data.gdeltproject.org/gdeltv2/"
    """Folder of lastupdate.txt and masterfilelist.txt."""
    missing_after_s: float = Field(default=86400, gt=0)
    """A file that is still missing so long after its time is given up: an outage."""
    every_s: float = Field(default=300, gt=0)
    requests_per_minute: float = Field(default=60, gt=0)


Polled = CmecfRss | CourtListener | OpenSky | Aircraft | Traces | NewsRss | Gdelt
"""Any of them."""
