"""Recovery codes: how they are made and recognised."""

import hashlib
import re
import secrets

RECOVERY_CODES = 10
# Letters and digits that nobody mistakes for each other; 28 of them are 140 bits: nobody can guess those, so a plain
# hash is enough. Codes of 16 were handed out before, and are valid until they are used.
_RECOVERY_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_RECOVERY_LENGTH = 28
_RECOVERY = re.compile(r"[A-Z2-7]{28}|[A-Z2-7]{16}")
SEPARATORS = re.compile(r"[\s-]")


def new_codes() -> list[str]:
    """Make the codes to write down, in groups of four."""
    return [_recovery_code() for _ in range(RECOVERY_CODES)]


def hash_of(code: str) -> bytes | None:
    """Return the hash that is kept of a recovery code, or None for a text that can't be one."""
    plain = SEPARATORS.sub("", code).upper()
    return hashlib.sha256(plain.encode()).digest() if _RECOVERY.fullmatch(plain) else None


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_RECOVERY_LETTERS) for _ in range(_RECOVERY_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, _RECOVERY_LENGTH, 4))
