"""Sealing: what has to be read again and must be read by nobody else, encrypted with the shop's sealing secret.

The secret's lines are keys: the first seals, each opens. To replace it, put a new line before the old one, seal again
what is kept, and take the old line away.
"""

import hmac
from functools import lru_cache

from ravo.platform.crypto import decrypt, derive_key, encrypt
from ravo.platform.secrets import sealing_secret


class SealBroken(ValueError):
    """What should be opened was changed, sealed for another purpose, or sealed with a key that is gone."""


def seal(content: bytes, purpose: str) -> bytes:
    """Seal content for one purpose; the same content looks different each time."""
    return encrypt(_key(sealing_secret().split()[0], purpose), content)


def unseal(sealed: bytes, purpose: str) -> bytes:
    """Open what was sealed for a purpose. Raises `SealBroken`."""
    for line in sealing_secret().split():
        try:
            return decrypt(_key(line, purpose), sealed)
        except ValueError:
            continue
    raise SealBroken(purpose)


def fingerprint(content: bytes, purpose: str) -> bytes:
    """Return 32 bytes that stand for content: the same each time, and of no use without the secret."""
    return hmac.digest(_key(sealing_secret().split()[0], purpose), content, "sha256")


@lru_cache(maxsize=8)
def _key(line: str, purpose: str) -> bytes:
    return derive_key(line.encode(), purpose.encode())
