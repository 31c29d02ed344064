"""Consents at the edge."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ravo.platform.schemas import Input, Reply

type ConsentPurpose = Literal["marketing_mail", "analytics", "personalisation"]


class ConsentChange(Input):
    """Choices for some purposes, and the version of the text that was read for them.

    Other purposes stay as they are.
    """

    policy_version: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    purposes: Annotated[dict[ConsentPurpose, bool], Field(min_length=1, examples=[{"marketing_mail": True}])]


class ConsentReply(Reply):
    """What counts for a purpose, since when and by which text; without `since` there was no choice yet: it is a no."""

    purpose: ConsentPurpose
    granted: bool
    since: datetime | None
    policy_version: str | None


class ConsentEntry(Reply):
    """A choice that was made for a purpose, when, and where."""

    purpose: str
    granted: bool
    policy_version: str
    source: str
    given_at: datetime
