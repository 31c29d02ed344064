"""Roles and permissions at the edge."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from ravo.identity.access.schemas import PermissionNames, RoleName, Version
from ravo.platform.schemas import Input, Reply

type RoleDescription = Annotated[str, Field(max_length=500)]


class RoleInput(Input):
    name: RoleName
    description: RoleDescription = ""
    permissions: PermissionNames = []


class RoleChange(Input):
    """What is left out stays as it is; `permissions` are all that the role is to have."""

    name: RoleName | None = None
    description: RoleDescription | None = None
    permissions: PermissionNames | None = None
    version: Version


class RoleReply(Reply):
    """A role; a system role comes with the shop, and keeps its name."""

    id: UUID
    name: str
    description: str
    permissions: list[str]
    is_system: bool
    version: int


class PermissionReply(Reply):
    name: str
    description: str
