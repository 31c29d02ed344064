"""Sealing: what has to be read again and must be read by nobody else, encrypted with AES-256-GCM.

The sealing secret's lines are keys: the first seals, each opens. To replace it, put a new line before the old one, seal
anew what is kept, and take the old line away.
"""

import hmac
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from ravo.platform.secrets import sealing_secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class SealBroken(ValueError):
    """What should be opened was changed, sealed for another purpose, or sealed with a key that is gone."""


def seal(content: bytes, purpose: str) -> bytes:
    """Seal content for one purpose; the same content looks different each time."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(sealing_secret().split()[0], purpose).encrypt(nonce, content, None)


def unseal(sealed: bytes, purpose: str) -> bytes:
    """Open what was sealed for a purpose. Raises `SealBroken`."""
    from cryptography.exceptions import InvalidTag

    for line in sealing_secret().split():
        try:
            return _cipher(line, purpose).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError):
            continue
    raise SealBroken(purpose)


def fingerprint(content: bytes, purpose: str) -> bytes:
    """Return 32 bytes that stand for content where it must not: the same each time, and of no use without the secret."""
    return hmac.digest(_key(sealing_secret().split()[0], purpose), content, "sha256")


@lru_cache(maxsize=8)
def _cipher(line: str, purpose: str) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(_key(line, purpose))


@lru_cache(maxsize=8)
def _key(line: str, purpose: str) -> bytes:
    """A key of its own for each purpose (HKDF, RFC 5869), so that nothing sealed for one opens as another."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(line.encode())
