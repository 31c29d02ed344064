"""The rules of retention: links and sessions are deleted when their time is long over."""

from ravo.identity.retention import queries
from ravo.platform.database import transaction

# Small enough that nobody waits long for its locks.
BATCH = 1000


def clean() -> dict[str, int]:
    """Delete links a week after their end, and sessions and used refresh tokens a month after theirs.

    Returns how many of each.
    """
    return {name: _clean(name) for name in queries.CLEANED}


def _clean(name: str) -> int:
    total = 0
    while True:
        with transaction() as session:
            deleted = queries.clean(session, name, BATCH)
        total += deleted
        if deleted < BATCH:
            return total
