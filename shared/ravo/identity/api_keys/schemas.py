"""Machines' keys at the edge."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from ravo.identity.access.schemas import PermissionName
from ravo.platform.schemas import Input, Reply

type KeyName = Annotated[str, StringConstraints(min_length=1, max_length=100), Field(examples=["Warehouse"])]


class KeyInput(Input):
    """A key lives for 90 days unless another time is given, and for a year at most."""

    name: KeyName
    permissions: Annotated[list[PermissionName], Field(min_length=1, max_length=100)]
    expires_in_days: Annotated[int, Field(ge=1, le=365)] = 90


class KeyReply(Reply):
    """A key without its secret; staff recognise it by its `prefix`."""

    id: UUID
    name: str
    prefix: str
    permissions: list[str]
    created_by: UUID | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewKeyReply(KeyReply):
    """A key with its secret, which is shown only this once."""

    key: str


class KeyCredentials(Input):
    """The key that a machine presents."""

    api_key: Annotated[str, StringConstraints(max_length=200), Field(examples=["ravo_<prefix>_<secret>"])]


class AccessGranted(Reply):
    """An access token for the Authorization header; `expiresIn` is in seconds."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  (the name of a scheme)
    expires_in: int
