"""What goes in and out of second factors."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ravo.platform.schemas import Input, Reply


class FirstCode(Input):
    """A code that the app shows now."""

    code: Annotated[str, Field(min_length=6, max_length=12, examples=["123456"])]


class SecondFactorState(Reply):
    """How the caller's second factor stands."""

    on: bool
    confirmed_at: datetime | None
    recovery_codes_left: int


class SecondFactorEnrolment(Reply):
    """What the app needs. It is shown once, and counts when `confirm` has seen a code of it."""

    secret: str
    uri: Annotated[str, Field(examples=["otpauth://totp/Ravo:ada%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Ravo"])]


class RecoveryCodes(Reply):
    """Codes to write down, shown once; each stands in for the second factor once."""

    recovery_codes: list[str]
