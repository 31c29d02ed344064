"""How adapters ask over HTTPS with the standard library: through no proxy, and to the address that they mean alone."""

import urllib.request
from typing import Any, override


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """What we send, keys among it, is for one address; to send it on to another is nobody's to ask."""

    @override
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def opener() -> urllib.request.OpenerDirector:
    """Return what opens addresses; a redirect is an `HTTPError` like any other refusal."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)
