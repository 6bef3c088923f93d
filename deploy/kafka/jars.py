"""Kafka's jars: pinned coordinates and hashes go in, checked files in our own cache come out.

``jars.sha256`` names every jar; jgo fetches what is missing from Maven's repository; no jar is
used, on any start, whose SHA-256 is not the pinned one. A complete cache needs no network.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import StackError

PINS = Path(__file__).parent / "jars.sha256"
_DOWNLOADS_AT_ONCE = 6
_SILENCE_S = 20
"""How long a server may say nothing: no network, or Ctrl-C, ends a download after this at most."""
_CACHE_NEEDS_BYTES = 200 * 1024 * 1024

Progress = Callable[[int, int, str], None]
"""Called with jars done, jars in all, and the name of the jar just done; first with no name."""


@dataclass(frozen=True, slots=True)
class Jar:
    """One pinned jar."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        """File name."""
        return f"{self.artifact}-{self.version}.jar"


def pinned(pins: Path = PINS) -> list[Jar]:
    """Every jar that the broker needs."""
    jars = []
    for line in pins.read_text().splitlines():
        if line and not line.startswith("#"):
            digest, coordinate = line.split()
            group, artifact, version = coordinate.split(":")
            jars.append(Jar(group, artifact, version, digest))
    return jars


def ensure_jars(cache: Path, *, progress: Progress | None = None, pins: Path = PINS) -> list[Path]:
    """Fetch the missing jars into the cache and check all of them.

    A complete cache is only read, so that it may lie on a read-only disk. Raises StackError if a
    jar's hash differs from its pin, if one can't be fetched, or if the cache can't be used.
    """
    jars = pinned(pins)
    try:
        if _missing(jars, cache):
            cache.mkdir(parents=True, exist_ok=True)
            with _held(cache):
                # Somebody else may have fetched them while we waited.
                if missing := _missing(jars, cache):
                    _room_for(cache)
                    _fetch_all(missing, len(jars), cache, progress)
        for jar in jars:
            _check(jar, cache / jar.name)
    except OSError as error:
        raise StackError(f"the cache of Kafka's jars, {cache}, can't be used: {error}") from error
    return [cache / jar.name for jar in jars]


def _missing(jars: list[Jar], cache: Path) -> list[Jar]:
    return [jar for jar in jars if not (cache / jar.name).exists()]


def _fetch_all(missing: list[Jar], total: int, cache: Path, progress: Progress | None) -> None:
    done = total - len(missing)
    if progress is not None:
        progress(done, total, "")
    # We hold the cache: whatever arrives here belongs to a run that was killed.
    arrivals = cache / ".arriving"
    shutil.rmtree(arrivals, ignore_errors=True)
    try:
        with ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool:
            tasks = {pool.submit(_fetch, jar, arrivals): jar for jar in missing}
            try:
                for task in as_completed(tasks):
                    jar = tasks[task]
                    arrived = task.result()
                    # Checked before it gets its name: half a jar never looks like a whole one.
                    if (found := _sha256(arrived)) != jar.sha256:
                        raise StackError(
                            f"what came for {jar.name} is not the jar that was pinned: expected "
                            f"SHA-256 {jar.sha256}, found {found}; nothing was kept: try again, "
                            "and if that does not help, something on the way alters it"
                        )
                    arrived.replace(cache / jar.name)
                    done += 1
                    if progress is not None:
                        progress(done, total, jar.name)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        shutil.rmtree(arrivals, ignore_errors=True)


def _fetch(jar: Jar, arrivals: Path) -> Path:
    try:
        from jgo.maven import MavenContext
    except ImportError as error:
        raise StackError(
            "Kafka's jars can't be fetched without jgo: install policy-events[embedded]"
        ) from error
    context = MavenContext(repo_cache=arrivals, timeout=_SILENCE_S)
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        return Path(component.artifact().resolve())
    except Exception as error:  # jgo passes on whatever its HTTP client raised
        raise StackError(
            f"{jar.name} could not be fetched ({_cause(error)}): the first start needs the "
            "network, later ones do not"
        ) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(jar: Jar, path: Path) -> None:
    found = _sha256(path)
    if found != jar.sha256:
        raise StackError(
            f"{path.name} is not the jar that was pinned: expected SHA-256 {jar.sha256}, found "
            f"{found}; delete {path} to fetch it again, and if that does not help, trust neither"
        )


def _room_for(cache: Path) -> None:
    free = shutil.disk_usage(cache).free
    if free < _CACHE_NEEDS_BYTES:
        raise StackError(
            f"no disk space for Kafka's jars in {cache}: {free // 2**20} MB are free, "
            f"{_CACHE_NEEDS_BYTES // 2**20} MB are needed"
        )


def _cause(error: BaseException) -> str:
    """What an HTTP client wraps several times over: the network's own words."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return (str(error).splitlines() or [""])[0][:200] or type(error).__name__


@contextmanager
def _held(cache: Path) -> Iterator[None]:
    """Hold the cache: two processes that start at once fetch one after the other."""
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
