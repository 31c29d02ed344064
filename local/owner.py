"""The demo owner, whose password everyone knows. Only for laptops."""

import os
import sys

OWNER = "owner@ravo.example"
PASSWORD = "ravo-demo-owner"  # noqa: S105  (a demo's, printed at every start, refused elsewhere)  # nosec B105


def main() -> None:
    """Create the demo owner if there is none. Refuses outside a laptop."""
    from ravo.platform.settings import settings

    if settings().environment != "local":
        sys.exit("Everyone knows the demo owner's password. Make the owner of a deployed shop with CreateOwner.")
    make_owner()


def make_owner() -> None:
    """Create the owner, who may do everything, unless the shop has one."""
    from ravo.identity.access import queries
    from ravo.identity.accounts.models import User
    from ravo.identity.passwords import service as passwords
    from ravo.identity.permissions import SUPER_ADMIN
    from ravo.identity.registration import service as registration
    from ravo.platform.database import transaction
    from ravo.platform.time import now

    with transaction() as session:
        if not queries.any_with_role(session, SUPER_ADMIN):
            owner = User(email=OWNER, first_name="Demo", last_name="Owner", locale="en", email_verified_at=now())
            # No other account may have a password that is so easily guessed.
            owner.password_hash = passwords.hash_password(PASSWORD)
            registration.open_account(session, owner, (SUPER_ADMIN,))


if __name__ == "__main__":
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    main()
