"""What is kept of an act that was done once: names and fingerprints that say nothing, and an answer that only who asked for it can open."""

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Cookies of ours say who a guest is; what other programs on the shop's pages set may change between two tries.
OUR_COOKIES = "__Secure-ravo_"
_NONCE_BYTES = 12


@dataclass(frozen=True)
class Act:
    """One act that a key stands for: its name in the store, a fingerprint of what was asked for, and the key that its answer is sealed with."""

    name: str
    fingerprint: str
    key: bytes

    @classmethod
    def of(cls, event: dict[str, Any], function: str, caller: str, key: str) -> "Act":
        """Derive all three from the request. None of what they are made of is kept, so none of it can be read from the store.

        A key names an act of one caller: of a user, or of whoever has our cookies, or else of the network that asks. With
        cookies it has to be them: who lost the answer to a refresh may ask for it again from another network, and who
        chose the same key behind the same cookies is the same browser.
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
        asked = (function, whose, key, *request)
        return cls(named.hex(), _derived(asked, b"fingerprint").hex(), _derived(asked, b"seal"))

    def seal(self, answer: dict[str, Any]) -> str:
        """Encrypt an answer."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.key).encrypt(nonce, json.dumps(answer).encode(), None)
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str) -> dict[str, Any]:
        """Decrypt what was sealed for the same act."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        both = base64.b64decode(sealed)
        return json.loads(AESGCM(self.key).decrypt(both[:_NONCE_BYTES], both[_NONCE_BYTES:], None))


def _derived(parts: Sequence[str], purpose: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=None, info=b"ravo idempotency " + purpose).derive(_digest(parts))


def _digest(parts: Sequence[str]) -> bytes:
    """Hash parts so that no two lists of parts look the same."""
    return hashlib.sha256(json.dumps(parts).encode()).digest()
