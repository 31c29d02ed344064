"""Opaque tokens: made at random, and kept only as hashes."""

import hashlib
import secrets


def new_secret() -> str:
    """Make a secret of 256 bits, as an address or a cookie takes it."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> bytes:
    """Return what a secret is known by. Nobody guesses one, so the hash need not be slow."""
    return hashlib.sha256(secret.encode()).digest()
