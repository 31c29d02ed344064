"""Passwords: hashed with argon2id as OWASP advises, matched in the same time without an account, refused when weak."""

from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ravo.identity.passwords.errors import WeakPassword
from ravo.platform.errors import Detail
from ravo.platform.settings import settings

if TYPE_CHECKING:
    from argon2 import PasswordHasher


# A sign-in with an unknown mail address is checked against this; no password has this hash.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

# According to zxcvbn, fewer than a million guesses are within reach of an attacker who is slowed down but patient.
_FEWEST_GUESSES = 10**6
# The ten thousand most common that are long enough, of the ten million that Mark Burnett gave to the public domain:
# zxcvbn knows few long ones, and would let half of these pass.
_COMMON = Path(__file__).with_name("common-passwords.txt.gz")
# A good password may contain a shorter word by chance.
_SHORTEST_WORD = 4


def refuse_weak(password: str, *, email: str, field: str = "password") -> None:
    """Refuse with `WeakPassword` what is common, a pattern, or made of the mail address or the shop's name.

    Common passwords are those from leaks, also with the usual digits appended and letters exchanged.
    """
    from zxcvbn_rs_py import zxcvbn

    local_part = email.partition("@")[0].lower()
    words = {local_part, *parseaddr(settings().mail_from)[0].lower().split()}
    if any(len(word) >= _SHORTEST_WORD and word in password.lower() for word in words):
        raise WeakPassword(details=[Detail(field, "must not hold your mail address or the shop's name")])
    if password.lower() in common_passwords() or zxcvbn(password, list(words)).guesses < _FEWEST_GUESSES:
        raise WeakPassword(
            details=[Detail(field, "is common or follows a pattern. Use a few words that nobody expects")]
        )


@cache
def common_passwords() -> frozenset[str]:
    """Return the most common passwords that are long enough, in lower case.

    The file is read where a password is set, and only once there.
    """
    import gzip

    return frozenset(gzip.decompress(_COMMON.read_bytes()).decode().splitlines())


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
    """Whether a hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(password_hash)


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    # OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
