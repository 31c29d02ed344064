"""What a deployment sees to in the catalogue."""

from ravo.catalog.queries import cards, listings
from ravo.platform.database import transaction

AT_ONCE = 500


def write_missing_cards() -> int:
    """Write the cards of listed products that have none, which are those from before there were cards; returns how many."""
    written = 0
    while True:
        with transaction() as session:
            some = cards.unwritten(session, AT_ONCE)
            listings.lock_for_update(session, some)
            cards.write(session, some)
        written += len(some)
        if len(some) < AT_ONCE:
            return written
