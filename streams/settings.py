"""Settings: environment variables and one TOML file go in, one frozen object comes out.

An address that is set is used; one that is unset means the embedded part. Secrets live in the
addresses' own variables or in the file, and are never logged.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from deploy.errors import StackError

LIVE = "live"
"""The namespace of what really happens; every other one is a recording or a rehearsal."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")


def _config_file() -> Path:
    named = os.environ.get("POLICY_EVENTS_CONFIG")
    if named and not Path(named).is_file():
        raise StackError(f"POLICY_EVENTS_CONFIG names {named}, where there is no file")
    return Path(named or "policy-events.toml")


class Settings(BaseSettings):
    """What a deployment may choose. Each name is also an environment variable (see ``--help``)."""

    model_config = SettingsConfigDict(
        env_prefix="POLICY_EVENTS_", extra="forbid", frozen=True, populate_by_name=True
    )

    kafka_bootstrap_servers: str | None = Field(
        default=None,
        validation_alias=AliasChoices("KAFKA_BOOTSTRAP_SERVERS", "kafka_bootstrap_servers"),
    )
    clickhouse_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("CLICKHOUSE_URL", "clickhouse_url")
    )
    clickhouse_replicated: bool = False
    """Make the tables with Replicated engines: for a server of yours that has Keeper."""
    home: Path = Field(default_factory=lambda: platformdirs.user_data_path("policy-events"))
    """Data, logs and process records of the embedded stack."""
    cache: Path = Field(default_factory=lambda: platformdirs.user_cache_path("policy-events"))
    """Kafka's jars."""
    namespace: str = LIVE
    partitions: int = Field(default=4, ge=1, le=1024)
    """Partitions of each partitioned topic; changing it later opens a new epoch."""
    epoch: int = Field(default=0, ge=0, lt=1 << 15)
    """Goes up by one when the partition count changes or a topic is made anew."""
    generation: int | None = Field(default=None, ge=0)
    """Which rebuild's topics to work on; unset: those in force (``streams/generations.py``)."""
    watch_list: Path | None = None
    """A file of flights whose every answer is stored, as in ``relations/policies/scope.yaml``."""
    horizon_days: int | None = Field(default=None, ge=1, le=3650)
    """How far from an order claimed and watched flights are asked about; 180 unless set."""
    instance: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")
    """Name of this process among its group's, for a quick return after a restart; never shared."""
    feeds_file: Path | None = None
    """What the role ``feeds`` runs; unset: ``feeds.toml`` here, else in the home folder."""
    kafka_port: int = Field(default=19092, ge=0, le=65535)
    """Port of the embedded broker; 0 takes a free one."""
    clickhouse_port: int = Field(default=19000, ge=0, le=65535)
    """Port of the embedded database; 0 takes a free one."""

    @field_validator("namespace")
    @classmethod
    def _a_plain_name(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise ValueError("expected a lower-case letter, then letters, digits or underscores")
        return value

    @property
    def first_prefix(self) -> str:
        """What the names of this namespace's topics begin with before any rebuild."""
        return "" if self.namespace == LIVE else f"{self.namespace}."

    @property
    def topic_prefix(self) -> str:
        """What the names of this namespace's topics begin with, in its generation."""
        if not self.generation:
            return self.first_prefix
        return f"{self.namespace}.g{self.generation}."

    @property
    def database(self) -> str:
        """ClickHouse database of this namespace."""
        return "policy_events" if self.namespace == LIVE else f"policy_events_{self.namespace}"

    @property
    def staging_database(self) -> str:
        """Where this generation's tables are built; once swapped in, the older ones lie there."""
        return f"g{self.generation or 0}_{self.database}"

    @property
    def worker_group(self) -> str:
        """Kafka consumer group (Faust's app id) of the workers."""
        group = f"policy-events-{self.namespace}"
        return f"{group}-g{self.generation}" if self.generation else group

    @property
    def sink_group(self) -> str:
        """Kafka consumer group of the sink."""
        return f"{self.worker_group}-sink"

    @property
    def feeds(self) -> Path:
        """The file of feeds; it need not exist."""
        here = Path("feeds.toml").absolute()
        return self.feeds_file or (here if here.exists() else self.home / "feeds.toml")

    @property
    def archive(self) -> Path:
        """The fetch archive, unless the file of feeds names another folder."""
        return self.home / ("archive" if self.namespace == LIVE else f"archive-{self.namespace}")

    @property
    def run(self) -> Path:
        """Folder of process records and logs."""
        return self.home / "run"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic names it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the TOML file."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=_config_file())
        return init_settings, env_settings, file

    def environment(self, **changed: Any) -> dict[str, str]:
        """Environment variables that give a child process these settings."""
        values = {
            "POLICY_EVENTS_HOME": str(self.home),
            "POLICY_EVENTS_CACHE": str(self.cache),
            "POLICY_EVENTS_NAMESPACE": self.namespace,
            "POLICY_EVENTS_PARTITIONS": str(self.partitions),
            "POLICY_EVENTS_EPOCH": str(self.epoch),
            "POLICY_EVENTS_FEEDS_FILE": str(self.feeds),
        }
        if self.generation is not None:
            values["POLICY_EVENTS_GENERATION"] = str(self.generation)
        if self.watch_list is not None:
            values["POLICY_EVENTS_WATCH_LIST"] = str(self.watch_list.resolve())
        if self.horizon_days is not None:
            values["POLICY_EVENTS_HORIZON_DAYS"] = str(self.horizon_days)
        return {**os.environ, **values, **changed}
