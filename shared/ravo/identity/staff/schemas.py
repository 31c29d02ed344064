"""People, roles, keys and the record of changes at the edge."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from ravo.identity.schemas import Email, Locale, PersonName
from ravo.platform.schemas import Input, Reply

type RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$"), Field(examples=["warehouse"])]
type PermissionName = Annotated[
    str, StringConstraints(pattern=r"^(\*|[a-z]+:[a-z]+)$", max_length=64), Field(examples=["orders:read"])
]
type PermissionNames = Annotated[list[PermissionName], Field(max_length=100)]
type Version = Annotated[int, Field(ge=1, le=2_000_000_000, description="The version that the change was made on.")]
type RoleDescription = Annotated[str, Field(max_length=500)]
type KeyName = Annotated[str, StringConstraints(min_length=1, max_length=100), Field(examples=["Warehouse"])]


class UserInput(Input):
    """Whom to make an account for; roles need the permission to give them."""

    email: Email
    first_name: PersonName = ""
    last_name: PersonName = ""
    locale: Locale = "en"
    roles: Annotated[list[RoleName], Field(max_length=20)] = ["customer"]


class UserChange(Input):
    """What is left out stays as it is; `version` is the one that the change was made on."""

    first_name: PersonName | None = None
    last_name: PersonName | None = None
    locale: Locale | None = None
    version: Version


class RolesInput(Input):
    """All roles that the user is to have; the others are taken away."""

    roles: Annotated[list[RoleName], Field(max_length=20)]
    version: Version


class UserSummary(Reply):
    """A user in a list; `status` is active or disabled."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    status: Literal["active", "disabled"]
    email_verified: bool
    roles: list[str]
    created_at: datetime
    version: int


class UserDetail(UserSummary):
    """A user with all that the roles allow. `sessions` counts the devices that are signed in; someone invited has no password yet."""

    locale: str
    permissions: list[str]
    has_password: bool
    has_second_factor: bool
    sessions: int
    last_seen_at: datetime | None
    disabled_at: datetime | None


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


class KeyInput(Input):
    """A key lives for 90 days if not told otherwise, and for a year at most."""

    name: KeyName
    permissions: Annotated[list[PermissionName], Field(min_length=1, max_length=100)]
    expires_in_days: Annotated[int, Field(ge=1, le=365)] = 90


class KeyReply(Reply):
    """A key without its secret; `prefix` is what it is recognised by."""

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
    """A key with its secret, which is shown this once."""

    key: str


class KeyCredentials(Input):
    """What a machine shows."""

    api_key: Annotated[str, StringConstraints(max_length=200), Field(examples=["ravo_<prefix>_<secret>"])]


class AccessGranted(Reply):
    """An access token for the Authorization header; `expiresIn` is in seconds."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  (the name of a scheme)
    expires_in: int


class ActorReply(Reply):
    """Who acted, by the name and mail address of today; of someone erased only the id is left. An operator acts from outside the shop."""

    id: UUID
    kind: Literal["user", "key", "operator"]
    name: str
    email: str | None


class EntryReply(Reply):
    """One row that an act changed, by what was before and is after. `change` is insert, update, delete, or act for what changed no row."""

    id: UUID
    occurred_at: datetime
    actor: ActorReply
    action: str
    entity: str
    entity_id: str
    change: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    network_address: str
    user_agent: str
    request_id: str
