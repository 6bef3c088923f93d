"""The endpoint's command: ``python -m deploy.clickhouse --data FOLDER [--port N] …``.

Exit codes: 0 stopped as asked, 1 could not start (one sentence on stderr).
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from deploy.clickhouse.engine import Engine
from deploy.clickhouse.failures import REFUSAL, DatabaseError
from deploy.clickhouse.lock import FolderLock, Holder
from deploy.clickhouse.server import Endpoint, listen
from deploy.clickhouse.session import Limits
from deploy.clickhouse.users import Users
from deploy.errors import StackError


def main() -> int:
    """Serve a data folder until SIGTERM or Ctrl-C."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        return _serve(options)
    except StackError as error:
        sys.stderr.write(f"{REFUSAL}{error}\n")
        return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.clickhouse",
        description="ClickHouse's engine behind its native protocol. Passwords come from "
        "--credentials (JSON, user names to passwords), CLICKHOUSE_WRITER_PASSWORD and "
        "CLICKHOUSE_READONLY_PASSWORD.",
    )
    parser.add_argument("--data", type=Path, required=True, help="data folder, made if missing")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=9000, help="port; 0 is any free one")
    parser.add_argument("--credentials", type=Path, help="file with the passwords")
    parser.add_argument("--connections", type=int, default=Limits.connections)
    parser.add_argument("--grace", type=float, default=5.0, help="seconds for running statements")
    return parser.parse_args()


def _serve(options: argparse.Namespace) -> int:
    users = Users.load(options.credentials, os.environ)
    options.data.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(options.data)
    lock.acquire()
    listener = listen(options.host, options.port)
    folder = options.data / "engine"
    try:
        engine = Engine(folder)
    except DatabaseError as error:
        # The engine prints the cause on stderr, just above.
        raise StackError(
            f"data folder {folder} is damaged or not ClickHouse's (code {error.code}): "
            "restore it, or move it away and rebuild from Kafka"
        ) from error
    limits = Limits(connections=options.connections)
    endpoint = Endpoint(listener, engine, users, limits)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: endpoint.stop())
    port = int(listener.getsockname()[1])
    lock.write(replace(Holder.current(), port=port))
    logging.getLogger(__name__).info("serving %s on %s:%d", folder, options.host, port)
    endpoint.serve()
    endpoint.drain(options.grace)
    engine.close()
    logging.getLogger(__name__).info("stopped")
    return 0


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    # A statement that ignored its end must not keep the process: all that was acknowledged is on
    # disk, and the engine's own shutdown is done.
    os._exit(code)
