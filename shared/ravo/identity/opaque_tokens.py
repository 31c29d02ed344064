"""Opaque tokens: made at random, and kept only as hashes."""

import hashlib
import secrets


def new_secret() -> str:
    """Make a secret of 256 bits, in characters that a URL or a cookie can hold."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> bytes:
    """Return the hash that is kept of a secret. Nobody can guess one, so the hash need not be slow."""
    return hashlib.sha256(secret.encode()).digest()
