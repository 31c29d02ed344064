"""The profile, made from an account."""

from ravo.identity.access.queries import Account
from ravo.identity.profile.schemas import Profile


def profile_of(account: Account) -> Profile:
    """Return what users may see of their own account."""
    user = account.user
    return Profile(
        id=user.id,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        locale=user.locale,
        currency=user.currency,
        email_verified=user.email_verified_at is not None,
        roles=sorted(account.roles),
        permissions=sorted(account.permissions),
        created_at=user.created_at,
        version=user.version,
    )
