"""Readiness at the edge."""

from ravo.platform.schemas import Reply


class Readiness(Reply):
    """Each part that was checked; one that does not answer makes the whole response a 503."""

    database: str = "ok"
    cache: str = "ok"
    events: str = "ok"
