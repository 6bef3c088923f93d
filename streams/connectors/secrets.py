"""Secrets: where one is kept goes in, its text comes out; and a filter that keeps it out of logs.

``feeds.toml`` never holds a secret, only ``{ env = "NAME" }`` or ``{ file = "/path" }``.
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr, model_validator

from deploy.errors import StackError

_HIDDEN = "[secret]"
_SHORTEST = 6


class SecretPlace(BaseModel):
    """Where a secret is kept: an environment variable or a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: str | None = None
    file: Path | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> SecretPlace:
        if (self.env is None) == (self.file is None):
            raise ValueError('expected either { env = "NAME" } or { file = "/path" }')
        return self

    def read(self) -> SecretStr:
        """The secret. Raises StackError, naming its place and never itself, if there is none."""
        if self.env is not None:
            found = os.environ.get(self.env, "").strip()
            if not found:
                raise StackError(f"the environment variable {self.env} holds no secret")
        else:
            assert self.file is not None  # noqa: S101 -- _one_of_both has made sure
            try:
                found = self.file.read_text().strip()
            except OSError as error:
                raise StackError(f"the secret's file {self.file}: {error.strerror}") from error
            if not found:
                raise StackError(f"the secret's file {self.file} is empty")
        KEPT_OUT.add(found)
        return SecretStr(found)


class _KeptOut(logging.Filter):
    """Takes every known secret out of what is logged, whoever logs it."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: set[str] = set()

    def add(self, secret: str) -> None:
        """Keep this text out from now on. What is shorter is no secret, but part of every word."""
        if len(secret) >= _SHORTEST:
            self._secrets.add(secret)

    def hide(self, text: str) -> str:
        """The text without secrets."""
        # Longest first: one secret may be part of another.
        known = sorted(self._secrets, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, known)), _HIDDEN, text) if known else text

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, without secrets."""
        said = record.getMessage()
        hidden = self.hide(said)
        if hidden != said:
            record.msg, record.args = hidden, ()
        if record.exc_info:
            text = logging.Formatter().formatException(record.exc_info)
            record.exc_text = self.hide(text)
        return True


KEPT_OUT = _KeptOut()
"""The one filter of this process: put on each handler, it sees what every library logs."""


def guard_logs() -> None:
    """Put the filter on every handler; HTTP libraries say only what goes wrong."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(KEPT_OUT)
    for noisy in ("httpx", "httpcore", "aiohttp", "kafka"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
