"""One polite request: an address goes in, an answer within its limits comes out, or why not.

httpx asks, tenacity tries again, ``pacing`` says when. An answer must be whole, come in time, and
stay within its size, packed and unpacked; redirects are few and never from https to http.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from streams.connectors.answers import Answer, FetchError, Limits, NotModified, now, retry_after
from streams.connectors.pacing import Host, Hosts
from streams.feeds.documents import BadDocument, unpacked

_REDIRECTS = 3
_TRIES = 4
_KEPT_HEADERS = (
    "etag", "last-modified", "date", "age", "content-type", "retry-after", "x-rate-limit-remaining",
)  # fmt: skip
_NOT_MODIFIED, _UNAUTHORIZED, _TOO_MANY = 304, 401, 429


class Fetcher:
    """The one way out. Use as an async context manager."""

    def __init__(
        self,
        contact: str,
        *,
        ca_file: Path | None = None,
        pause_s: float = 1.0,
        patience_s: float = 60.0,
    ) -> None:
        """``pause_s`` scales the backoff; a ``Retry-After`` above ``patience_s`` ends the try."""
        agent = f"policy-events/{version('policy-events')} (+{contact})"
        context = ssl.create_default_context(cafile=str(ca_file)) if ca_file else True
        self._client = httpx.AsyncClient(
            headers={"User-Agent": agent, "Accept-Encoding": "gzip"},
            verify=context,
            trust_env=False,
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
        )
        self._hosts = Hosts(patience_s)
        self._pause_s, self._patience_s = pause_s, patience_s

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def get(
        self,
        url: str,
        *,
        limits: Limits,
        headers: Mapping[str, str] | None = None,
        validators: Mapping[str, str] | None = None,
    ) -> Answer | NotModified:
        """GET, tried again while the fault is a passing one. Raises FetchError."""
        sent = dict(headers or {})
        if validators:
            names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
            sent |= {names[name]: value for name, value in validators.items()}
        request = self._client.build_request("GET", url, headers=sent)
        return await self._persist(request, limits)

    async def post_form(self, url: str, form: Mapping[str, str], *, limits: Limits) -> Answer:
        """POST a form, as for a token. Raises FetchError."""
        request = self._client.build_request("POST", url, data=dict(form))
        answer = await self._persist(request, limits)
        if isinstance(answer, NotModified):
            raise FetchError("status-304", "304 to a POST")
        return answer

    async def _persist(self, request: httpx.Request, limits: Limits) -> Answer | NotModified:
        def too_long(state: RetryCallState) -> bool:
            error = state.outcome.exception() if state.outcome else None
            return isinstance(error, FetchError) and (error.retry_after_s or 0) > self._patience_s

        spread = wait_random_exponential(multiplier=self._pause_s, max=self._patience_s)

        def pause(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.retry_after_s if isinstance(error, FetchError) else None
            return (asked or 0.0) + spread(state)

        attempts = AsyncRetrying(
            retry=retry_if_exception(lambda e: isinstance(e, FetchError) and e.passing),
            stop=lambda state: too_long(state) or stop_after_attempt(_TRIES)(state),
            wait=pause,
            reraise=True,
        )
        return await attempts(self._follow, request, limits)

    async def _follow(self, request: httpx.Request, limits: Limits) -> Answer | NotModified:
        """One try, redirects followed."""
        for _ in range(_REDIRECTS + 1):
            outcome = await self._once(request, limits)
            if not isinstance(outcome, httpx.Request):
                return outcome
            _check_redirect(request.url, outcome.url)
            request = outcome
        raise FetchError("redirect", f"{_shown(request.url)}: more than {_REDIRECTS} redirects")

    async def _once(
        self, request: httpx.Request, limits: Limits
    ) -> Answer | NotModified | httpx.Request:
        place = _shown(request.url)
        request.extensions["timeout"] = httpx.Timeout(limits.timeout_s).as_dict()
        try:
            async with (
                self._hosts.turn(request.url, limits.per_minute) as host,
                asyncio.timeout(limits.timeout_s),
            ):
                response = await self._client.send(request, stream=True)
                try:
                    if response.next_request is not None:
                        return response.next_request
                    return await self._read(response, place, limits, host)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise FetchError(
                "timeout", f"{place}: not all there after {limits.timeout_s:g} s", passing=True
            ) from None
        except httpx.TimeoutException as error:
            words = f"{place}: {type(error).__name__}"
            raise FetchError("timeout", words, passing=True) from None
        except httpx.RemoteProtocolError as error:
            raise FetchError("truncated", f"{place}: {error}", passing=True) from None
        except httpx.ConnectError as error:
            tls = "CERTIFICATE" in str(error).upper() or "SSL" in str(error).upper()
            words = f"{place}: {str(error) or type(error).__name__}"
            raise FetchError("tls" if tls else "connect", words, passing=not tls) from None
        except httpx.HTTPError as error:
            words = f"{place}: {type(error).__name__} {error}"
            raise FetchError("connect", words, passing=True) from None
        except httpx.InvalidURL as error:
            raise FetchError("redirect", f"{place}: {error}") from None

    async def _read(
        self, response: httpx.Response, place: str, limits: Limits, host: Host
    ) -> Answer | NotModified:
        headers = {
            name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers
        }
        if response.status_code == _NOT_MODIFIED:
            return NotModified(now(), headers)
        if response.status_code != httpx.codes.OK and response.status_code != 206:
            raise _refusal(response, place, host)
        body = await _body(response, place, limits.body_bytes)
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding in ("gzip", "x-gzip"):
            try:
                body = unpacked(body, place, limit=limits.unpacked_bytes)
            except BadDocument as error:
                kind = "too-large" if "more than" in str(error) else "truncated"
                raise FetchError(kind, str(error), passing=kind == "truncated") from None
        elif encoding not in ("", "identity"):
            raise FetchError(
                "encoding", f"{place}: content encoding {encoding!r} was not asked for"
            )
        return Answer(place, now(), body, headers)


async def _body(response: httpx.Response, place: str, limit: int) -> bytes:
    said = response.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said) > limit:
        raise FetchError("too-large", f"{place}: {said} bytes, more than the {limit} allowed")
    parts, size = [], 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > limit:
            raise FetchError("too-large", f"{place}: more than the {limit} bytes allowed")
        parts.append(part)
    return b"".join(parts)


def _refusal(response: httpx.Response, place: str, host: Host) -> FetchError:
    code = response.status_code
    asked = retry_after(response.headers, now())
    passing = code == _TOO_MANY or code >= 500
    if asked is not None and passing:
        host.leave_alone(asked)
    words = f"{place}: answered {code}"
    if asked is not None:
        words += f", to be asked again in {asked:.0f} s"
    return FetchError(
        f"status-{code}",
        words,
        passing=passing,
        retry_after_s=asked if passing else None,
        status=code,
    )


def _check_redirect(came: httpx.URL, goes: httpx.URL) -> None:
    """Never down to plain HTTP, never from the open net into a private one."""
    if goes.scheme not in ("http", "https") or (came.scheme, goes.scheme) == ("https", "http"):
        raise FetchError("redirect", f"{_shown(came)}: redirects to {goes.scheme}")
    if came.host != goes.host and _inside(goes.host) and not _inside(came.host):
        raise FetchError("redirect", f"{_shown(came)}: redirects into a private network")


def _inside(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".internal", ".local"))


def _shown(url: httpx.URL) -> str:
    """An address as logs and the archive may show it: without query, user and password."""
    return str(url.copy_with(query=None, fragment=None, username=None, password=None))
