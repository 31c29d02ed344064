"""The password and the code by which people prove again who they are."""

from typing import Annotated

from pydantic import StringConstraints

from ravo.identity.totp.schemas import OneTimePassword
from ravo.platform.schemas import Input

type Password = Annotated[str, StringConstraints(strip_whitespace=False, max_length=200)]


class Proof(Input):
    """The password; a user without one must have signed in just now."""

    password: Password | None = None


class FullProof(Proof):
    """The password and, where a second factor is on, a code of the app or a recovery code."""

    code: OneTimePassword | None = None


class TwofoldProof(Proof):
    """The password, and a code of the app or a recovery code."""

    code: OneTimePassword
