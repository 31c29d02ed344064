"""How Stripe's SDK reaches Stripe: over a kept connection of our own, since the libraries that it would take need
several times as long to import, and for each request.
"""

from collections.abc import Mapping
from typing import cast

import stripe

from ravo.platform.http_client import NoResponse, Timeouts, request


class KeptConnection(stripe.HTTPClient):
    """What the SDK asks through.

    It never follows a redirect: the key is for Stripe's own address, wherever that would like to send us.
    """

    name = "ravo"

    def __init__(self, timeouts: Timeouts) -> None:
        super().__init__()
        self._timeouts = timeouts

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: bytes | str | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Ask once, and return body, status and headers; the SDK decides whether to ask again.

        Raises its `APIConnectionError`.
        """
        body = post_data.encode() if isinstance(post_data, str) else post_data
        try:
            answer = request(method.upper(), url, headers or {}, body, timeouts=self._timeouts)
        except NoResponse as error:
            raise stripe.APIConnectionError("Stripe did not answer.", should_retry=True) from error
        return answer.body.decode(errors="replace"), answer.status, cast("Mapping[str, str]", answer.headers)

    def close(self) -> None:
        """Nothing to do: the connection belongs to the environment."""
