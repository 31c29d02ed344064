"""What happened to accounts. Events name people by id alone: the bus and its archive can't be made to forget."""

from typing import ClassVar

from ravo.platform.events import Event


class IdentityEvent(Event):
    """Something happened to a user, who is the aggregate."""

    source: ClassVar[str] = "ravo.identity"


class UserRegistered(IdentityEvent):
    """An account was opened, with a password or by another provider."""

    type: ClassVar[str] = "user.registered"


class UserEmailVerified(IdentityEvent):
    """The mail address of an account was proven to be its owner's."""

    type: ClassVar[str] = "user.email_verified"
