"""Who asks, and what the request is counted against before anything else is done for it."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ravo.platform import limits, revocations
from ravo.platform.errors import Unauthenticated
from ravo.platform.http.access import address_of, principal_of
from ravo.platform.http.context import RequestContext
from ravo.platform.http.input_checks import BODY_LIMIT
from ravo.platform.limits import Counter, Limit
from ravo.platform.observability import logger


@dataclass(frozen=True)
class CountedRequest:
    """A request as limits see it: its network, `address:203.0.113.7`, and its caller, `user:…` or else the network."""

    event: dict[str, Any]
    network: str
    caller: str

    def body(self) -> object:
        """The body, read as its endpoint will read it; None if there is none that an endpoint would take."""
        sent = (self.event.get("body") or "").encode(errors="replace")
        try:
            raw = base64.b64decode(sent) if self.event.get("isBase64Encoded") else sent
            return json.loads(raw) if len(raw) <= BODY_LIMIT else None
        except (ValueError, RecursionError):
            return None


# An endpoint's own limits: what a request counts against besides the address's or the user's.
type CountersOf = Callable[[CountedRequest], Sequence[Counter]]


def admit(event: dict[str, Any], further: CountersOf) -> RequestContext:
    """Find out who asks, and count the request. Refuses nothing itself, so that each refusal can say what is left."""
    network = f"address:{address_of(event)}"
    try:
        principal, auth_error = principal_of(event), None
    except Unauthenticated as error:
        principal, auth_error = None, error
    if principal:
        logger().append_keys(caller=str(principal.id))
    caller = revocations.place_of(principal.id) if principal else network
    counters = [Counter(limits.per_user() if principal else limits.per_address(), caller)]
    counters += further(CountedRequest(event, network, caller))
    result = limits.hit(counters, principal)
    if result.session_ended:
        principal, auth_error = None, Unauthenticated("Your session has ended. Sign in again.")
    return RequestContext(principal, caller, auth_error, result)


def no_further_limits(_asking: CountedRequest) -> Sequence[Counter]:
    """No limits but the address's or the user's."""
    return ()


def by_network(limit: Limit) -> CountersOf:
    """Count each request of an endpoint against a limit of its network, signed in or not."""
    return lambda request: [Counter(limit, request.network)]
