"""``feeds.toml`` goes in, checked feeds come out: what to ask, how often, and how politely.

One ``[[feeds]]`` table a feed; ``type`` says which connector (``polled`` has those that ask).
Defaults are the sources' public endpoints; ``url`` points anywhere else. README, 'Live feeds', has
an example of each type.
"""

from __future__ import annotations

import ipaddress
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from deploy.errors import StackError
from streams.connectors.polled import Part, Polled, plain_name
from streams.connectors.secrets import SecretPlace

_LAST_PORT = 65_535


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or int(port) > _LAST_PORT:
        raise ValueError("expected host:port, as 127.0.0.1:8443")
    return value


class CourtListenerWebhook(Part):
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
    max_body_bytes: int = Field(default=4 << 20, gt=0)
    max_waiting: int = Field(default=2000, gt=0)
    """Deliveries under way at once; one more gets 503."""
    answer_within_s: float = Field(default=0.9, gt=0)
    """Without Kafka's word by then the answer is 503, and the sender tries again."""
    quiet_after_s: float | None = Field(default=None, gt=0)

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        return plain_name(value)

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


AnyFeed = Annotated[Polled | CourtListenerWebhook, Field(discriminator="type")]


class FeedsFile(Part):
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
