"""The two users of the endpoint, their passwords, and what a read-only user may set.

Passwords come from a file that only its owner can read, or from the environment; never from the
command line, where every process could read them.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.clickhouse.failures import Code, DatabaseError
from deploy.errors import StackError

CONFIG = Path(__file__).with_name("config")


@dataclass(frozen=True)
class User:
    """Somebody who may connect."""

    name: str
    password: str = field(repr=False)
    writer: bool


@dataclass(frozen=True)
class ReadOnly:
    """What holds for read-only users (``config/readonly.toml``).

    ``limits`` can be lowered but never raised; ``may_set`` can be set freely.
    """

    limits: Mapping[str, int]
    fixed: Mapping[str, str]
    may_set: frozenset[str]

    @classmethod
    def load(cls) -> ReadOnly:
        """The policy that ships with the code."""
        page = tomllib.loads((CONFIG / "readonly.toml").read_text())
        return cls(page["limits"], page["fixed"], frozenset(page["may_set"]))

    def admit(self, name: str, value: str) -> str:
        """The value as a literal to set. Raises DatabaseError (READONLY) for any other setting."""
        bare = value.strip("'")
        if name in self.limits:
            most = self.limits[name]
            wanted = int(bare) if bare.isdigit() else 0
            # For ClickHouse's limits 0 means no limit.
            return str(min(wanted, most) if wanted else most)
        if name in self.may_set:
            return value
        raise DatabaseError(Code.READONLY, f"A read-only user may not set {name}")


@dataclass(frozen=True)
class Users:
    """Everybody who may connect."""

    by_name: Mapping[str, User]

    @classmethod
    def load(cls, file: Path | None, environ: Mapping[str, str]) -> Users:
        """Users of a credentials file; the environment's passwords go first.

        ``CLICKHOUSE_WRITER_PASSWORD`` and ``CLICKHOUSE_READONLY_PASSWORD`` are for the users
        ``writer`` and ``readonly``. Raises StackError if nobody could connect.
        """
        passwords = read_credentials(file) if file is not None else {}
        for name in ("writer", "readonly"):
            given = environ.get(f"CLICKHOUSE_{name.upper()}_PASSWORD")
            if given:
                passwords[name] = given
        if not passwords.get("writer"):
            raise StackError(
                "no password for the user 'writer': give a credentials file "
                "or CLICKHOUSE_WRITER_PASSWORD"
            )
        return cls({n: User(n, p, writer=n == "writer") for n, p in passwords.items() if p})

    def authenticate(self, name: str, password: str) -> User:
        """The user. Raises DatabaseError, which does not say which of the two is wrong."""
        user = self.by_name.get(name)
        expected = user.password if user else secrets.token_hex()
        matches = hmac.compare_digest(expected.encode(), password.encode())
        if user is None or not matches:
            raise DatabaseError(
                Code.AUTHENTICATION_FAILED,
                f"{name}: Authentication failed: password is incorrect, or there is no user "
                "with such name.",
            )
        return user


def read_credentials(file: Path) -> dict[str, str]:
    """Passwords by user name. Raises StackError if the file cannot be used."""
    try:
        page = json.loads(file.read_text())
        if not all(isinstance(v, str) and v for v in page.values()):
            raise TypeError
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise StackError(
            f"credentials file {file} is unreadable or damaged "
            "(expected JSON, user names to passwords)"
        ) from error
    return dict(page)


def credentials(file: Path) -> dict[str, str]:
    """The passwords in the file, made and stored for its owner alone if there is none."""
    if not file.exists():
        fresh = {name: secrets.token_urlsafe(24) for name in ("writer", "readonly")}
        beside = file.with_suffix(".new")
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            json.dump(fresh, out)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    return read_credentials(file)
