"""The demo shop: its owner, and a small catalogue. For laptops alone."""

import os
import sys

OWNER = "owner@ravo.example"
PASSWORD = "ravo-demo-owner"  # noqa: S105  (a demo's, printed at every start, refused elsewhere)


def main() -> None:
    """Make the demo owner where there is none; refuses outside a laptop."""
    from ravo.identity import queries, service
    from ravo.identity.permissions import SUPER_ADMIN
    from ravo.identity.schemas import Registration
    from ravo.platform.database import transaction
    from ravo.platform.settings import settings

    if settings().environment != "local":
        sys.exit("The demo owner's password is known to everyone: it is made on laptops alone.")
    with transaction() as session:
        if queries.account_by_email(session, OWNER) is None:
            owner = Registration(email=OWNER, password=PASSWORD, first_name="Demo", last_name="Owner")
            service.register(session, owner, roles=(SUPER_ADMIN,))


if __name__ == "__main__":
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    main()
