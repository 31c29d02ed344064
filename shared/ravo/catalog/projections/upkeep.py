"""What a deployment sees to in the catalogue."""

from itertools import batched

from ravo.catalog.index import queries as index
from ravo.catalog.projections import shown
from ravo.platform.database import reading, transaction

AT_ONCE = 200


def write_what_is_outdated() -> int:
    """Write the cards and pages that are missing, or that code without them or with other ones left behind; returns of how many products."""
    with reading() as session:
        outdated = list(shown.outdated(session))
    for some in batched(outdated, AT_ONCE, strict=False):
        with transaction() as session:
            index.lock_for_update(session, some)
            shown.write(session, some)
    return len(outdated)
