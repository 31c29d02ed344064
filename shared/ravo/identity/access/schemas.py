"""How roles and permissions are named, and versions counted."""

from typing import Annotated

from pydantic import Field, StringConstraints

type RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$"), Field(examples=["warehouse"])]
type PermissionName = Annotated[
    str, StringConstraints(pattern=r"^(\*|[a-z]+:[a-z]+)$", max_length=64), Field(examples=["orders:read"])
]
type PermissionNames = Annotated[list[PermissionName], Field(max_length=100)]
type Version = Annotated[int, Field(ge=1, le=2_000_000_000, description="The version that the change was made on.")]
