"""How Stripe's SDK reaches Stripe: over a kept connection of our own.

The libraries that it would use take several times as long to import, and for each request.
"""

from collections.abc import Mapping
from typing import cast

import stripe

from ravo.platform.http_client import NoResponse, Timeouts, request


class KeptConnection(stripe.HTTPClient):
    """The SDK's HTTP client.

    It never follows a redirect: the key is only for Stripe's own address.
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
        """Send a request once, and return body, status and headers; the SDK decides whether to retry.

        Raises the SDK's `APIConnectionError`.
        """
        body = post_data.encode() if isinstance(post_data, str) else post_data
        try:
            answer = request(method.upper(), url, headers or {}, body, timeouts=self._timeouts)
        except NoResponse as error:
            raise stripe.APIConnectionError("Stripe did not answer.", should_retry=True) from error
        return answer.body.decode(errors="replace"), answer.status, cast("Mapping[str, str]", answer.headers)

    def close(self) -> None:
        """Do nothing: the connection belongs to the environment."""
