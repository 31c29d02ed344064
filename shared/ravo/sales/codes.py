"""Codes of gift cards, which are worth money and only kept as a hash, and numbers of orders."""

import hashlib
import secrets

# No 0 and O, no 1 and I and L: people read these codes aloud and type them.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_gift_card_code() -> str:
    """Make a code of 16 characters in groups, about 79 bits."""
    return "-".join(_random(4) for _ in range(4))


def new_order_number() -> str:
    """Make a number of ten characters in two groups, about 49 bits, so that nobody can guess the next one."""
    return f"{_random(5)}-{_random(5)}"


def hash_of(code: str) -> bytes:
    """Return the hash that is kept of a gift card's code, however it was typed."""
    return hashlib.sha256(code.upper().replace("-", "").replace(" ", "").encode()).digest()


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
