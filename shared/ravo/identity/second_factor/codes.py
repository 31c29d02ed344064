"""The codes themselves: secrets, one-time passwords and the step of time each belongs to, and recovery codes."""

import hashlib
import hmac
import re
import secrets
from email.utils import parseaddr
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from ravo.platform.sealing import seal, unseal
from ravo.platform.settings import settings
from ravo.platform.time import now

if TYPE_CHECKING:
    from pyotp.totp import TOTP

# Clocks of phones may be a step of 30 seconds early or late.
TOLERANCE = 1
RECOVERY_CODES = 10
# Letters and digits that nobody mistakes for each other; 28 of them are 140 bits: nobody guesses those, so a plain hash
# keeps them. Codes of 16 were handed out before, and open until they are used.
_RECOVERY_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_RECOVERY_LENGTH = 28
_RECOVERY = re.compile(r"[A-Z2-7]{28}|[A-Z2-7]{16}")
_FOR_PEOPLE = re.compile(r"[\s-]")


def new_secret() -> str:
    """Make a secret of 160 bits, as an app takes it (base32)."""
    from pyotp import random_base32

    return random_base32()


def uri_of(secret: str, email: str) -> str:
    """Return what an app reads from a QR code: the secret, the shop's name and whose it is."""
    return _totp(secret).provisioning_uri(name=email, issuer_name=_shop())


def sealed(secret: str, user_id: UUID) -> bytes:
    """Seal a secret for its user's row: in another's it does not open."""
    return seal(secret.encode(), _purpose(user_id))


def opened(content: bytes, user_id: UUID) -> str:
    """Open a user's sealed secret."""
    return unseal(content, _purpose(user_id)).decode()


def step_of(secret: str, code: str) -> int | None:
    """Return the step of time that a code belongs to, if it is this moment's or one beside it."""
    plain = _FOR_PEOPLE.sub("", code)
    totp = _totp(secret)
    this = totp.timecode(now())
    for step in range(this - TOLERANCE, this + TOLERANCE + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), plain.encode()):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Make the codes to write down, in groups of four."""
    return [_recovery_code() for _ in range(RECOVERY_CODES)]


def recovery_hash(code: str) -> bytes | None:
    """Return what a recovery code is known by, or None for what can't be one."""
    plain = _FOR_PEOPLE.sub("", code).upper()
    return hashlib.sha256(plain.encode()).digest() if _RECOVERY.fullmatch(plain) else None


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_RECOVERY_LETTERS) for _ in range(_RECOVERY_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, _RECOVERY_LENGTH, 4))


def _purpose(user_id: UUID) -> str:
    return f"second-factor:{user_id}"


def _shop() -> str:
    """What people know the shop by: the name that its mails come under, else its host."""
    here = settings()
    return parseaddr(here.mail_from)[0] or urlsplit(here.public_url).hostname or here.public_url


def _totp(secret: str) -> "TOTP":
    from pyotp.totp import TOTP

    return TOTP(secret)
