"""Children are recorded with their starter, so that the next run knows what to end."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from deploy import processes
from deploy.errors import StackError
from deploy.processes import Child, port_holder, recorded, starter, stop_recorded

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]

# A reaper above us, as a desktop session is: orphans go to it and not to process 1.
UNDER_A_REAPER = """
import ctypes, subprocess, sys, time
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
start = ("import sys, time; from pathlib import Path; from deploy.processes import Child; "
         "Child.start('part', ['sleep', '60'], folder=Path(sys.argv[1]), tied=False); "
         "print('up', flush=True); time.sleep(60)")
with subprocess.Popen([sys.executable, "-c", start, sys.argv[1]], stdout=subprocess.PIPE) as one:
    one.stdout.readline()
    one.kill()
print("orphaned", flush=True)
time.sleep(60)
"""


def test_a_child_is_recorded_with_its_starter_and_forgotten_when_stopped(tmp_path: Path) -> None:
    child = Child.start("part", SLEEP, folder=tmp_path)
    found, keeper = recorded(tmp_path, "part"), starter(tmp_path, "part")
    assert found is not None
    assert keeper is not None
    assert (found.pid, keeper.pid) == (child.process.pid, os.getpid())
    child.stop()
    assert recorded(tmp_path, "part") is None
    assert starter(tmp_path, "part") is None
    assert [path.name for path in tmp_path.iterdir()] == ["part.log"]


def test_an_orphan_is_known_by_its_starter_whoever_took_it_in(tmp_path: Path) -> None:
    command = [sys.executable, "-c", UNDER_A_REAPER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as reaper:
        assert reaper.stdout is not None
        assert reaper.stdout.readline() == b"orphaned\n"
        orphan = recorded(tmp_path, "part")
        assert orphan is not None
        assert orphan.ppid() == reaper.pid
        assert starter(tmp_path, "part") is None
        # Nobody collects the dead here, as in a container whose first process is not an init.
        # It is dead all the same, and not taken for one that can't be ended.
        assert stop_recorded(tmp_path, "part", grace_s=30)
        assert orphan.status() == psutil.STATUS_ZOMBIE
        reaper.kill()


@pytest.mark.parametrize("tied", [True, False])
def test_a_tied_child_ends_with_its_starter_another_outlives_it(tmp_path: Path, tied: bool) -> None:
    start = (
        "import sys, time; from pathlib import Path; from deploy.processes import Child; "
        "Child.start('part', ['sleep', '60'], folder=Path(sys.argv[1]), tied=bool(sys.argv[2])); "
        "print('up', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", start, str(tmp_path), "yes" if tied else ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == b"up\n"
        child = recorded(tmp_path, "part")
        one.kill()
    assert child is not None
    deadline = time.monotonic() + (120 if tied else 0.5)
    while recorded(tmp_path, "part") and time.monotonic() < deadline:
        time.sleep(0.02)
    outlived = recorded(tmp_path, "part") is not None
    stop_recorded(tmp_path, "part")
    assert outlived is not tied


# A Ctrl-C that comes between fork and exec: the program is only replaced by the child's own hand.
INTERRUPTED = """
import logging, os, signal, sys, threading
from pathlib import Path
from deploy.processes import Child
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT))
threading.Timer(2, os.kill, (os.getpid(), signal.SIGINT)).start()  # if there was no fork hook
child = None
try:
    child = Child.start("part", ["sleep", "60"], folder=Path(sys.argv[1]))
    threading.Event().wait()
except KeyboardInterrupt:
    if child is not None:
        child.stop()
    thread = threading.Thread(target=logging.getLogger("x").warning, args=("goes on",), daemon=True)
    thread.start()
    thread.join(30)
    sys.exit(thread.is_alive())
"""


def test_ctrl_c_at_the_moment_of_a_start_is_heard_and_holds_up_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", INTERRUPTED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "goes on" in done.stderr
    assert "Exception ignored" not in done.stderr
    assert recorded(tmp_path, "part") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "created": 5}'])
def test_a_record_that_names_no_live_process_names_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "part.json").write_text(text)
    assert recorded(tmp_path, "part") is None


def test_a_process_id_that_was_given_again_is_another_process(tmp_path: Path) -> None:
    created = psutil.Process().create_time() - 100
    record = {"pid": os.getpid(), "created": created}
    (tmp_path / "part.json").write_text(json.dumps(record))
    assert recorded(tmp_path, "part") is None
    assert not stop_recorded(tmp_path, "part")


def test_a_child_that_will_not_stop_is_ended_by_force(tmp_path: Path) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print(1, flush=True); time.sleep(60)"
    )
    child = Child.start("part", [sys.executable, "-c", stubborn], folder=tmp_path)
    while not child.log.read_bytes():
        time.sleep(0.02)
    child.stop(grace_s=0.1)
    assert child.process.returncode == -9


def test_a_program_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="part could not be started"):
        Child.start("part", [str(tmp_path / "nothing")], folder=tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StackError, match="part could not be started"):
        Child.start("part", SLEEP, folder=tmp_path / "file")


def test_who_listens_is_named_as_far_as_we_may_know(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        assert port_holder(port).startswith(f"process {os.getpid()} (")
        (one,) = (c for c in psutil.net_connections("tcp") if c.laddr[1:] == (port,))
        hidden = one._replace(pid=None)
        monkeypatch.setattr(processes.psutil, "net_connections", lambda _kind: [hidden])
        assert port_holder(port) == "another user's process"
