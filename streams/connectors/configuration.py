"""``feeds.toml`` goes in, checked feeds come out: what to ask, how often, and how politely.

One ``[[feeds]]`` table a feed; ``type`` says which connector. Defaults are the sources' public
endpoints; ``url`` points anywhere else. README, 'Live feeds', has an example of each type.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from deploy.errors import StackError
from streams.connectors.secrets import SecretPlace

_MIB = 1 << 20
_LAST_PORT = 65_535
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_ADDRESS = re.compile(r"~?[0-9a-f]{6}")


def _plain_name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("expected lower-case letters, digits and hyphens")
    return value


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or int(port) > _LAST_PORT:
        raise ValueError("expected host:port, as 127.0.0.1:8443")
    return value


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Feed(_Part):
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
        return _plain_name(value)

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


class CourtListenerWebhook(_Part):
    """CourtListener's pushes: a receiver, not a poller."""

    type: Literal["courtlistener-webhook"]
    name: str
    source: str | None = None
    listen: str = "127.0.0.1:8443"
    """Behind your proxy, which ends TLS."""
    path_secret: SecretPlace
    """The last part of the path, at least 32 letters: nobody else knows where to knock."""
    allow: tuple[str, ...] = ()
    """Networks that may deliver, as 203.0.113.0/24; loopback alone by default."""
    proxies: tuple[str, ...] = ()
    """Networks whose X-Forwarded-For is believed: your own proxies."""
    max_body_bytes: int = Field(default=4 * _MIB, gt=0)
    max_waiting: int = Field(default=2000, gt=0)
    """Deliveries under way at once; one more gets 503."""
    answer_within_s: float = Field(default=0.9, gt=0)
    """Without Kafka's word by then the answer is 503, and the sender tries again."""
    quiet_after_s: float | None = Field(default=None, gt=0)

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        return _plain_name(value)

    @field_validator("allow", "proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            ipaddress.ip_network(one)
        return value

    @field_validator("listen")
    @classmethod
    def _an_address(cls, value: str) -> str:
        return _host_and_port(value)

    @property
    def source_name(self) -> str:
        """The ``source`` of its records."""
        return self.source or self.name


Polled = CmecfRss | CourtListener | OpenSky | Aircraft | Traces | NewsRss | Gdelt
AnyFeed = Annotated[Polled | CourtListenerWebhook, Field(discriminator="type")]


class FeedsFile(_Part):
    """All of ``feeds.toml``."""

    contact: str
    """Who asks, for the user agent: an address or a page where you can be reached."""
    archive: Path | None = None
    """Folder of the fetch archive; by default ``archive`` in the home folder."""
    archive_limit_bytes: int = Field(default=1 << 40, gt=0)
    """A full archive stops the fetching and says so; it never drops what it holds."""
    backups: tuple[Path, ...] = ()
    """Copies of the archive folder, which ``redact`` must clean as well."""
    metrics: str | None = None
    """Where to serve Prometheus metrics, as 127.0.0.1:9464."""
    ca_file: Path | None = None
    """Certificates to trust instead of the usual ones."""
    feeds: tuple[AnyFeed, ...] = Field(min_length=1)

    @field_validator("metrics")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        return None if value is None else _host_and_port(value)

    @model_validator(mode="after")
    def _names_differ(self) -> FeedsFile:
        names = [feed.name for feed in self.feeds]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two feeds are called {twice[0]}")
        return self


def load(file: Path) -> FeedsFile:
    """Read ``feeds.toml``. Raises StackError naming file, table and field."""
    try:
        raw: dict[str, Any] = tomllib.loads(file.read_text())
    except OSError as error:
        raise StackError(f"{file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StackError(f"{file}: {error}") from error
    try:
        return FeedsFile.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise StackError(f"{file}: {place}: {first['msg']}") from error
