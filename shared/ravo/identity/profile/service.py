"""Someone's own account, as its owner sees and changes it."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.access import service as access
from ravo.identity.access.queries import Account
from ravo.identity.accounts import queries
from ravo.identity.profile.schemas import ProfileChange
from ravo.platform.errors import VersionConflict


def profile(session: Session, user_id: UUID) -> Account:
    """Return a user's own account. Refuses with `NotFound` when it was closed after the token was made."""
    return access.account_of(session, user_id)


def change_profile(session: Session, user_id: UUID, change: ProfileChange) -> Account:
    """Change a user's own account. Refuses with `VersionConflict` when someone was quicker."""
    values = change.model_dump(exclude={"version"}, exclude_none=True)
    if "currency" in change.model_fields_set:
        # Without a currency, prices are shown in the shop's own.
        values["currency"] = change.currency
    if not queries.update_profile(session, user_id, change.version, values):
        access.account_of(session, user_id)
        raise VersionConflict
    return access.account_of(session, user_id)
