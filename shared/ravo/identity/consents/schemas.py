"""Consents at the edge."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ravo.platform.schemas import Input, Reply

type ConsentPurpose = Literal["marketing_mail", "analytics", "personalisation"]


class ConsentChange(Input):
    """The purposes that someone speaks about, and the version of the text that was read for it.

    Others stay as they are.
    """

    policy_version: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    purposes: Annotated[dict[ConsentPurpose, bool], Field(min_length=1, examples=[{"marketing_mail": True}])]


class ConsentReply(Reply):
    """What counts for a purpose, since when and by which text; without `since` nobody was asked yet, and it is no."""

    purpose: ConsentPurpose
    granted: bool
    since: datetime | None
    policy_version: str | None


class ConsentEntry(Reply):
    """Something that was said about a purpose, when, and where."""

    purpose: str
    granted: bool
    policy_version: str
    source: str
    given_at: datetime
