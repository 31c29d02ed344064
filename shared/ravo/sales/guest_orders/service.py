"""The rules of guest orders: they belong to the account that proves their mail address."""

from uuid import UUID

from ravo.identity.email_verification import service as email_verification
from ravo.platform.database import transaction
from ravo.sales.guest_orders import queries

# Small enough that nothing that needs one of the orders waits for long.
BATCH = 200


def claim(user_id: UUID) -> int:
    """Give a user the guest orders with the address that is proven now; returns how many. Doing it again finds none.

    Only proof counts: entering an address must not show what its owner bought.
    """
    total = 0
    while True:
        with transaction() as session:
            email = email_verification.proven_email(session, user_id)
            claimed = queries.claim(session, user_id, email, limit=BATCH) if email else 0
        total += claimed
        if claimed < BATCH:
            return total
