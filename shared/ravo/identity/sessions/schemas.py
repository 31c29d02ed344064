"""Signing in, and the sessions that are open, at the edge."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from ravo.identity.profile.schemas import Profile
from ravo.identity.totp.schemas import OneTimePassword
from ravo.platform.schemas import Input, Reply


class Credentials(Input):
    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, StringConstraints(strip_whitespace=False, max_length=200)]
    # Needed where a second factor is on.
    one_time_password: OneTimePassword | None = None


class SignedIn(Reply):
    """An access token for the Authorization header; the refresh token comes as a cookie that scripts can't read."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  (the name of a scheme)
    expires_in: int
    user: Profile


class Answered(Input):
    """The one-time password that a sign-in waits for."""

    one_time_password: OneTimePassword


class SessionReply(Reply):
    """A sign-in on one device; `isCurrent` marks the caller's."""

    id: UUID
    user_agent: str
    network_address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    is_current: bool
