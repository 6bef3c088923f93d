"""Who may deliver to the webhook: a request goes in, its refusal comes out, or None.

CourtListener signs nothing: who knows the path and comes from an allowed network is believed.
"""

from __future__ import annotations

import hmac
import ipaddress

from aiohttp import web

from deploy.errors import StackError
from streams.connectors.configuration import CourtListenerWebhook

_SECRET_LENGTH = 32
_LOOPBACK = ("127.0.0.0/8", "::1/128")


class Gate:
    """The gate of one receiver."""

    def __init__(self, feed: CourtListenerWebhook) -> None:
        """Raises StackError for a weak path."""
        secret = feed.path_secret.read().get_secret_value()
        if len(secret) < _SECRET_LENGTH:
            raise StackError(
                f"feed {feed.name}: path_secret has less than {_SECRET_LENGTH} letters"
            )
        self._path = f"/{feed.name}/{secret}".encode()
        self._allowed = [ipaddress.ip_network(one) for one in feed.allow or _LOOPBACK]
        self._proxies = [ipaddress.ip_network(one) for one in feed.proxies]

    def refused(self, request: web.Request) -> web.Response | None:
        """What a stranger, a wrong path or a wrong method is answered; None: it may come in."""
        if not self._may(request):
            return web.Response(status=403)
        if not hmac.compare_digest(request.path.encode(), self._path):
            return web.Response(status=404)
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        return None

    def _may(self, request: web.Request) -> bool:
        """Whether the sender's network is allowed; proxies of ours speak for others."""
        try:
            sender = ipaddress.ip_address(request.remote or "")
            forwarded = request.headers.get("X-Forwarded-For", "").split(",")
            while forwarded and any(sender in one for one in self._proxies):
                last = forwarded.pop().strip()
                if not last:
                    break
                sender = ipaddress.ip_address(last)
        except ValueError:
            return False
        return any(sender in one for one in self._allowed)
