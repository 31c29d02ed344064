"""What happened to accounts. Events name people by id alone: the bus and its archive can't be made to forget."""

from typing import ClassVar

from ravo.platform.events import Event


class IdentityEvent(Event):
    """The aggregate is what each event says."""

    source: ClassVar[str] = "ravo.identity"


class StaffInvited(IdentityEvent):
    """Staff made an account for someone, who is to set a password. The aggregate is the user."""

    type: ClassVar[str] = "user.invited"


class UserRolesChanged(IdentityEvent):
    """Someone has other roles than before; these are all, by name. The aggregate is the user."""

    type: ClassVar[str] = "user.roles_changed"
    roles: list[str]


class UserDisabled(IdentityEvent):
    """Someone was locked out. The aggregate is the user."""

    type: ClassVar[str] = "user.disabled"


class UserEnabled(IdentityEvent):
    """Someone was let in again. The aggregate is the user."""

    type: ClassVar[str] = "user.enabled"
