"""Orders that someone placed as a guest, given to the account whose mail address is proven to be the same."""

from uuid import UUID

from ravo.identity.email_verification import service as email_verification
from ravo.platform.database import transaction
from ravo.sales.orders import claim_queries as queries

# Small enough that nobody who looks at one of the orders waits for long.
BATCH = 200


def claim(user_id: UUID) -> int:
    """Give a user the guest orders with the address that is proven now; returns how many. Doing it again finds none.

    Only proof counts: whoever merely types an address in shall not read what its owner bought.
    """
    total = 0
    while True:
        with transaction() as session:
            email = email_verification.proven_email(session, user_id)
            claimed = queries.claim(session, user_id, email, limit=BATCH) if email else 0
        total += claimed
        if claimed < BATCH:
            return total
