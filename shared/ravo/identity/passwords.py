"""Passwords: argon2id at the parameters that OWASP advises, and the same cost whether or not there is an account."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# What a sign-in with an unknown mail is checked against; no password has this hash.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def hash_password(password: str) -> str:
    """Hash a password with a salt of its own."""
    return _hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Check a password; without a hash the check takes as long and fails."""
    from argon2.exceptions import VerificationError

    try:
        return _hasher().verify(password_hash or _NOBODY, password)
    except VerificationError:
        return False


def outdated(password_hash: str) -> bool:
    """Whether a hash was made with parameters other than today's."""
    return _hasher().check_needs_rehash(password_hash)


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    # OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
