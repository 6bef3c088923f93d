"""Kafka's jars: each is the pinned one or there is no broker; a full cache needs no network."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.errors import StackError
from deploy.kafka import jars
from deploy.kafka.jars import ensure_jars, pinned
from streams.settings import Settings

CACHE = Settings().cache / "jars"

# No address can be reached: every connection is refused before it leaves the process.
WITHOUT_NETWORK = """
import socket, sys
def refused(*_a, **_k):
    raise OSError("Network is unreachable")
socket.socket.connect = refused
socket.create_connection = refused
socket.getaddrinfo = refused
from pathlib import Path
from deploy.errors import StackError
from deploy.kafka.jars import ensure_jars
try:
    print(len(ensure_jars(Path(sys.argv[1]))))
except StackError as error:
    print(error)
    sys.exit(1)
"""


@pytest.fixture
def full_cache(tmp_path: Path) -> Path:
    """A cache of its own with every jar, as hard links."""
    ensure_jars(CACHE)
    copy = tmp_path / "jars"
    copy.mkdir()
    for jar in pinned():
        os.link(CACHE / jar.name, copy / jar.name) if _same_disk(tmp_path) else shutil.copy(
            CACHE / jar.name, copy / jar.name
        )
    return copy


def _same_disk(folder: Path) -> bool:
    return folder.stat().st_dev == CACHE.stat().st_dev


def without_network(cache: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_NETWORK, str(cache)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_every_pin_is_a_whole_coordinate_with_its_hash() -> None:
    found = pinned()
    assert {jar.version for jar in found if jar.group == "org.apache.kafka"} == {"4.3.1"}
    assert len({jar.name for jar in found}) == len(found) > 40
    assert all(len(jar.sha256) == 64 for jar in found)


def test_a_full_cache_needs_no_network(full_cache: Path) -> None:
    answered = without_network(full_cache)
    assert answered.returncode == 0, answered.stderr
    assert answered.stdout.strip() == str(len(pinned()))


def test_an_empty_cache_without_network_says_so_and_leaves_no_half_jar(tmp_path: Path) -> None:
    answered = without_network(tmp_path / "empty")
    assert answered.returncode == 1
    assert "could not be fetched" in answered.stdout
    assert "the first start needs the network" in answered.stdout
    assert "Traceback" not in answered.stdout + answered.stderr
    left = {path.name for path in (tmp_path / "empty").iterdir()}
    assert left == {".lock"}


def test_a_partly_filled_cache_is_completed(full_cache: Path) -> None:
    gone = [jar for jar in pinned() if jar.artifact in ("argparse4j", "jspecify")]
    for jar in gone:
        (full_cache / jar.name).unlink()
    told: list[tuple[int, int, str]] = []
    ensure_jars(full_cache, progress=lambda done, total, name: told.append((done, total, name)))
    assert told[0] == (len(pinned()) - 2, len(pinned()), "")
    assert {name for _, _, name in told[1:]} == {jar.name for jar in gone}
    assert told[-1][:2] == (len(pinned()), len(pinned()))
    for jar in gone:
        assert hashlib.sha256((full_cache / jar.name).read_bytes()).hexdigest() == jar.sha256


def test_a_jar_whose_hash_differs_is_named_with_both_hashes(full_cache: Path) -> None:
    jar = next(one for one in pinned() if one.artifact == "jspecify")
    other = full_cache / jar.name
    other.unlink()
    other.write_bytes(b"not the jar")
    with pytest.raises(StackError) as caught:
        ensure_jars(full_cache)
    found = hashlib.sha256(b"not the jar").hexdigest()
    said = str(caught.value)
    assert jar.name in said
    assert jar.sha256 in said
    assert found in said
    assert "delete" in said


def test_a_download_that_is_not_the_pinned_jar_never_gets_its_name(
    full_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    jar = next(one for one in pinned() if one.artifact == "jspecify")
    (full_cache / jar.name).unlink()
    forged = tmp_path / "forged.jar"
    forged.write_bytes(b"forged")
    monkeypatch.setattr(jars, "_fetch", lambda _jar, _arrivals: forged)
    with pytest.raises(StackError, match="is not the jar that was pinned") as caught:
        ensure_jars(full_cache)
    assert jar.sha256 in str(caught.value)
    assert hashlib.sha256(b"forged").hexdigest() in str(caught.value)
    assert not (full_cache / jar.name).exists()


def test_a_run_killed_9_while_jars_come_leaves_nothing_that_the_next_does_not_clear(
    full_cache: Path,
) -> None:
    jar = next(one for one in pinned() if one.artifact == "jspecify")
    (full_cache / jar.name).unlink()
    script = (
        "import os, signal, sys; from pathlib import Path; from deploy.kafka import jars\n"
        "def half(jar, arrivals):\n"
        "    file = arrivals.joinpath(*jar.group.split('.'), jar.artifact, jar.version, jar.name)\n"
        "    file.parent.mkdir(parents=True)\n"
        "    file.write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "jars._fetch = half\n"
        "jars.ensure_jars(Path(sys.argv[1]))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(full_cache)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert [path.name for path in full_cache.glob(".arriving*")]
    assert not (full_cache / jar.name).exists()
    ensure_jars(full_cache)
    assert not list(full_cache.glob(".arriving*"))
    assert hashlib.sha256((full_cache / jar.name).read_bytes()).hexdigest() == jar.sha256


def test_a_full_cache_is_only_read(full_cache: Path) -> None:
    before = sorted(full_cache.iterdir())
    ensure_jars(full_cache)
    assert sorted(full_cache.iterdir()) == before


def test_a_cache_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "jars").write_text("a file")
    with pytest.raises(StackError, match=r"cache of Kafka's jars, .*jars, can't be used"):
        ensure_jars(tmp_path / "jars")


def test_two_processes_fill_one_cache_one_after_the_other(full_cache: Path) -> None:
    for jar in pinned():
        if jar.artifact in ("argparse4j", "jspecify", "jopt-simple"):
            (full_cache / jar.name).unlink()
    script = (
        "import sys; from pathlib import Path; from deploy.kafka.jars import ensure_jars; "
        "print(len(ensure_jars(Path(sys.argv[1]))))"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", script, str(full_cache)], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [one.communicate(timeout=300)[0] for one in both]
    assert said == [f"{len(pinned())}\n".encode()] * 2


def test_no_disk_space_is_said_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jars, "_CACHE_NEEDS_BYTES", 1 << 60)
    monkeypatch.setattr(jars, "_fetch", lambda *_: pytest.fail("nothing may be fetched"))
    with pytest.raises(StackError, match="no disk space for Kafka's jars"):
        ensure_jars(tmp_path)


def test_without_jgo_the_extra_to_install_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jgo.maven", None)
    with pytest.raises(StackError, match=r"policy-events\[embedded\]"):
        ensure_jars(tmp_path)
