"""What is kept of an answered request: a name and a fingerprint that say nothing, and an answer only for its caller."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ravo.platform.crypto import decrypt, derive_key, encrypt

# Cookies of ours say who a guest is; what other programs on the shop's pages set may change between two tries.
OUR_COOKIES = "__Secure-ravo_"


@dataclass(frozen=True)
class IdempotentRequest:
    """A request with a key: its name in the store, a fingerprint of what it asks, and the key that seals its answer."""

    name: str
    fingerprint: str
    key: bytes

    @classmethod
    def of(cls, event: dict[str, Any], function: str, caller: str, key: str) -> "IdempotentRequest":
        """Derive all three from the request. What they are derived from is not kept, so the store does not tell it.

        A key belongs to one caller: to a user, or to the browser that has our cookies, or else to the network. Cookies
        come before the network, so that a browser may ask again from another one for an answer that it lost.
        """
        cookies = sorted(cookie for cookie in event.get("cookies") or () if cookie.startswith(OUR_COOKIES))
        guest_with_cookies = cookies and not caller.startswith("user:")
        whose = "\n".join(cookies) if guest_with_cookies else caller
        request = (
            event["requestContext"]["http"]["method"],
            event["rawPath"],
            event.get("rawQueryString") or "",
            event.get("body") or "",
        )
        named = _digest(("name", function, whose, key))
        asked = _digest((function, whose, key, *request))
        return cls(named.hex(), _derived(asked, b"fingerprint").hex(), _derived(asked, b"seal"))

    def seal(self, answer: dict[str, Any]) -> str:
        """Encrypt an answer."""
        return base64.b64encode(encrypt(self.key, json.dumps(answer).encode())).decode()

    def open(self, sealed: str) -> dict[str, Any]:
        """Decrypt what was sealed for the same request."""
        return json.loads(decrypt(self.key, base64.b64decode(sealed)))


def _derived(digest: bytes, purpose: bytes) -> bytes:
    return derive_key(digest, b"ravo idempotency " + purpose)


def _digest(parts: Sequence[str]) -> bytes:
    """Hash parts so that no two lists of parts look the same."""
    return hashlib.sha256(json.dumps(parts).encode()).digest()
