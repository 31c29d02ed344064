"""What happened to accounts. Events name people only by id: nothing can be erased from the bus and its archive."""

from typing import ClassVar
from uuid import UUID

from ravo.platform.events import Event


class IdentityEvent(Event):
    """Something that happened to an account, or that was requested."""

    source: ClassVar[str] = "ravo.identity"


class UserEvent(IdentityEvent):
    """An account changed; the aggregate is the user, its version the one after the change."""

    user_id: UUID


class UserRegistered(UserEvent):
    type: ClassVar[str] = "user.registered"


class UserEmailVerified(UserEvent):
    """The user proved to read the account's mailbox; published again for another address."""

    type: ClassVar[str] = "user.email_verified"


class UserPasswordChanged(UserEvent):
    type: ClassVar[str] = "user.password_changed"


class UserEmailChanged(UserEvent):
    type: ClassVar[str] = "user.email_changed"


class EmailVerificationRequested(IdentityEvent):
    """Another link is to be mailed; the aggregate is the request."""

    type: ClassVar[str] = "email_verification.requested"
    user_id: UUID


class PasswordResetRequested(IdentityEvent):
    """Someone forgot a password; the aggregate is the request. It names no user where no user has the mail address."""

    type: ClassVar[str] = "password_reset.requested"
    user_id: UUID | None


class EmailChangeRequested(IdentityEvent):
    """A user wants another mail address; the aggregate is the row in `mailed_tokens` that keeps it."""

    type: ClassVar[str] = "email_change.requested"
    user_id: UUID


class RecoveryCodeUsed(IdentityEvent):
    """Someone showed a recovery code in the second factor's place; the aggregate is its row in `recovery_codes`."""

    type: ClassVar[str] = "recovery_code.used"
    user_id: UUID


class ProviderEvent(IdentityEvent):
    """A provider's account was linked or unlinked; the aggregate is the row in `oauth_accounts`, which may be gone."""

    user_id: UUID
    provider: str


class ProviderLinked(ProviderEvent):
    """An existing account can be signed in to through a provider from now on."""

    type: ClassVar[str] = "provider.linked"


class ProviderUnlinked(ProviderEvent):
    type: ClassVar[str] = "provider.unlinked"


class PersonalDataExportRequested(IdentityEvent):
    """Someone wants a copy of what is held about them; the aggregate is the row in `privacy_requests`."""

    type: ClassVar[str] = "personal_data.export_requested"


class ErasureRequested(IdentityEvent):
    """Someone is to be erased; the aggregate is the row in `privacy_requests`."""

    type: ClassVar[str] = "erasure.requested"


class StaffInvited(IdentityEvent):
    """Staff made an account for someone, who still has to set a password. The aggregate is the user."""

    type: ClassVar[str] = "user.invited"


class UserRolesChanged(IdentityEvent):
    """Someone's roles changed; these are all of them now, by name. The aggregate is the user."""

    type: ClassVar[str] = "user.roles_changed"
    roles: list[str]


class UserDisabled(IdentityEvent):
    """Someone was locked out. The aggregate is the user."""

    type: ClassVar[str] = "user.disabled"


class UserEnabled(IdentityEvent):
    """Someone was let in again. The aggregate is the user."""

    type: ClassVar[str] = "user.enabled"
