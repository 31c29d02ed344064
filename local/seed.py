"""The demo shop: its owner, what it charges, and a small catalogue. For laptops alone."""

import argparse
import os
import sys

from local.demo.catalogue import ROWS, pictures_zip
from local.demo.client import Shop
from local.demo.terms import set_terms

OWNER = "owner@ravo.example"
PASSWORD = "ravo-demo-owner"  # noqa: S105  (a demo's, printed at every start, refused elsewhere)  # nosec B105
IMPORTED_WITHIN_SECONDS = 60.0


def main() -> None:
    """Make the demo owner where there is none, and fill an empty shop; refuses outside a laptop."""
    from ravo.platform.settings import settings

    parser = argparse.ArgumentParser(prog="python -m local.seed", description=__doc__)
    parser.add_argument("--owner-alone", action="store_true", help="leave the shop as it is")
    alone = parser.parse_args().owner_alone
    if settings().environment != "local":
        sys.exit("The demo owner's password is known to everyone: it is made on laptops alone.")
    make_owner()
    if alone:
        return
    if _shop_is_empty():
        fill(Shop(settings().public_url))


def make_owner() -> None:
    """Make the owner, who may do everything, unless the shop has one."""
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
            # No other account could have a password that is so easily guessed.
            owner.password_hash = passwords.hash_password(PASSWORD)
            registration.open_account(session, owner, (SUPER_ADMIN,))


def fill(shop: Shop) -> None:
    """Say what the shop charges, and bring the demo catalogue in, by the way that any comes: through the API.

    The catalogue comes last: a shop that has one is a shop that staff may have changed, and is left alone from then on.
    """
    shop.sign_in(OWNER, PASSWORD)
    set_terms(shop)
    import_id = shop.begin_import(ROWS, kind="custom", pictures=pictures_zip())
    shop.finish_import(import_id, within=IMPORTED_WITHIN_SECONDS)


def _shop_is_empty() -> bool:
    from sqlalchemy import text

    from ravo.platform.database import reading

    with reading() as session:
        return not session.scalar(text("SELECT EXISTS (SELECT FROM products)"))


if __name__ == "__main__":
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    main()
