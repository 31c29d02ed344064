"""Secrets that let in whoever bears them: made at random, and known here by their hashes alone."""

import hashlib
import secrets


def new_secret() -> str:
    """Make a secret of 256 bits, as an address or a cookie takes it."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> bytes:
    """Return what a secret is known by. Nobody guesses one, so the hash need not be slow."""
    return hashlib.sha256(secret.encode()).digest()
