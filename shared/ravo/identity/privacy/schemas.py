"""Requests about personal data at the edge."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from ravo.identity.accounts.schemas import Email, Locale
from ravo.identity.passwords.schemas import CurrentPassword
from ravo.platform.schemas import Input, Reply

type RequestKind = Literal["export", "erasure"]


class PrivacyRequestReply(Reply):
    """How far a request is. A copy's link came by mail and works until `expiresAt`."""

    id: UUID
    kind: str
    status: str
    created_at: datetime
    completed_at: datetime | None
    expires_at: datetime | None


class StaffPrivacyRequestReply(PrivacyRequestReply):
    """A request as staff see it; `summary` counts what was copied or erased."""

    user_id: UUID | None
    requested_by: UUID
    summary: dict[str, int]


class StaffPrivacyRequest(Input):
    """A request that reached staff: by an account's owner, or by a guest who proved that a mail address is theirs."""

    kind: RequestKind
    user_id: UUID | None = None
    email: Email | None = None
    locale: Annotated[Locale, Field(description="The language of the mail to a guest")] = "en"

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.user_id is None) == (self.email is None):
            raise ValueError("name either userId or email")
        return self


class Closing(Input):
    """A user without a password leaves it out, and must have signed in within the last five minutes."""

    current_password: CurrentPassword | None = None
