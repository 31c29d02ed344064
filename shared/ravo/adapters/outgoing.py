"""HTTPS for adapters with the standard library: without a proxy, and only to the address that they mean."""

import urllib.request
from typing import Any, override


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """What we send, keys included, is for one address: a redirect must not send it to another."""

    @override
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def opener() -> urllib.request.OpenerDirector:
    """Return an opener of URLs; a redirect raises `HTTPError` like any other refusal."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)
