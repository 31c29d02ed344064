"""What a deployment sees to in the catalogue."""

from itertools import batched

from ravo.catalog.queries import cards, listings
from ravo.platform.database import reading, transaction

AT_ONCE = 500


def write_outdated_cards() -> int:
    """Write the cards that are missing, or that code without cards or with other ones left behind; returns how many."""
    with reading() as session:
        outdated = list(cards.outdated(session))
    for some in batched(outdated, AT_ONCE, strict=False):
        with transaction() as session:
            listings.lock_for_update(session, some)
            cards.write(session, some)
    return len(outdated)
