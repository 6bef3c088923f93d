"""A real HTTP server on loopback that answers, and misbehaves, as it is told."""

import gzip
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Asked:
    """One request as the server saw it."""

    path: str
    headers: dict[str, str]
    at: float
    body: bytes = b""


@dataclass
class Station:
    """Answers by path, one after the other; the last one stays."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> "Station":
        station = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                heard = {name.lower(): value for name, value in self.headers.items()}
                station.asked.append(
                    Asked(self.path, heard, time.monotonic(), self.rfile.read(size))
                )
                waiting = station.answers.get(self.path.partition("?")[0]) or [status(404)]
                answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                answer(self)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: Any) -> None:
                """A client that hangs up is what some tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def on(self, path: str, *answers: Answer) -> str:
        """Set what a path answers; gives its address."""
        self.answers[path] = list(answers)
        return self.url + path

    def hits(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path.partition("?")[0] == path]


def ok(body: bytes | str, code: int = 200, **headers: str) -> Answer:
    """A whole answer."""
    data = body.encode() if isinstance(body, str) else body

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(code)
        handler.send_header("Content-Length", str(len(data)))
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if "Date" not in names:
            handler.send_header("Date", formatdate(usegmt=True))
        for name, value in names.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def status(code: int, **headers: str) -> Answer:
    """No more than a status."""
    return ok(b"", code, **headers)


def conditional(body: bytes | str, etag: str) -> Answer:
    """200 with an ETag, and 304 to whoever has it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("If-None-Match") == etag:
            handler.send_response_only(304)
            handler.send_header("Date", formatdate(usegmt=True))
            handler.send_header("ETag", etag)
            handler.end_headers()
        else:
            ok(body, ETag=etag)(handler)

    return answer


def half(body: bytes | str) -> Answer:
    """Promises all, sends half, hangs up."""
    data = body.encode() if isinstance(body, str) else body

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[: len(data) // 2])
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True

    return answer


def drip(body: bytes | str, pause_s: float = 0.05) -> Answer:
    """A byte now and then, for ever."""
    data = body.encode() if isinstance(body, str) else body

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(200)
        handler.send_header("Content-Length", str(1 << 20))
        handler.end_headers()
        for at in range(1 << 20):
            handler.wfile.write(data[at % len(data) : at % len(data) + 1])
            handler.wfile.flush()
            time.sleep(pause_s)

    return answer


def gzipped(body: bytes | str, *, cut: int | None = None) -> Answer:
    """Content-Encoding gzip; ``cut`` leaves out so many bytes of it, and does not say so."""
    data = gzip.compress(body.encode() if isinstance(body, str) else body)
    return ok(data[: -cut or None] if cut else data, Content_Encoding="gzip")


def bomb() -> Answer:
    """64 kilobytes that unpack to 64 MiB."""
    return ok(gzip.compress(bytes(64 << 20), 1), Content_Encoding="gzip")


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Chunks without an end."""
    handler.send_response_only(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    while True:
        handler.wfile.write(chunk)
