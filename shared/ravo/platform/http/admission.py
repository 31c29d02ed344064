"""What is decided of a request before anything else: who asks, what it counts against, and whether that leaves room for it."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ravo.platform import limits, revocations
from ravo.platform.errors import Unauthenticated
from ravo.platform.http.access import address_of, principal_of
from ravo.platform.http.context import Admission
from ravo.platform.limits import Claim, Limit

BODY_LIMIT = 1024 * 1024


@dataclass(frozen=True)
class Asking:
    """A request as limits see it: the network that it comes from, like `address:203.0.113.7`, and who asks: `user:` and an id, or else the network."""

    event: dict[str, Any]
    network: str
    caller: str

    def body(self) -> Any:
        """The body, read as its endpoint will read it; None where there is none, or none that an endpoint would take."""
        sent = (self.event.get("body") or "").encode(errors="replace")
        try:
            raw = base64.b64decode(sent) if self.event.get("isBase64Encoded") else sent
            return json.loads(raw) if len(raw) <= BODY_LIMIT else None
        except (ValueError, RecursionError):
            return None


# An endpoint's own limits: what a request counts against beside the address's or the user's.
type Claims = Callable[[Asking], Sequence[Claim]]


def admit(event: dict[str, Any], further: Claims) -> Admission:
    """Find out who asks, and count the request; nothing is raised, so that each answer can say what is left."""
    network = f"address:{address_of(event)}"
    try:
        principal, stranger = principal_of(event), None
    except Unauthenticated as error:
        principal, stranger = None, error
    caller = revocations.place_of(principal.id) if principal else network
    claims = [Claim(limits.per_user() if principal else limits.per_address(), caller)]
    claims += further(Asking(event, network, caller))
    return Admission(principal, caller, stranger, limits.take(claims, principal))


def nothing_further(_asking: Asking) -> Sequence[Claim]:
    """No limits but the address's or the user's."""
    return ()


def by_network(limit: Limit) -> Claims:
    """Count each request of an endpoint against a limit of the network that it comes from, whoever asks."""
    return lambda asking: [Claim(limit, asking.network)]
