"""What second factors say and hear at the edge."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ravo.platform.schemas import Input, Reply


class FirstCode(Input):
    """A code that the app shows now."""

    code: Annotated[str, Field(min_length=6, max_length=12, examples=["123456"])]


class SecondFactorState(Reply):
    """How the own second factor stands."""

    on: bool
    confirmed_at: datetime | None
    recovery_codes_left: int


class SecondFactorEnrolment(Reply):
    """What the app needs. It is told once, and counts when `confirm` has seen a code of it."""

    secret: str
    uri: Annotated[str, Field(examples=["otpauth://totp/Ravo:ada%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Ravo"])]


class RecoveryCodes(Reply):
    """Codes to write down, told once; each opens the account once in the second factor's place."""

    recovery_codes: list[str]
