"""Readiness at the edge."""

from ravo.platform.schemas import Reply


class Readiness(Reply):
    """Each part that was asked; a part that does not answer makes the whole answer 503."""

    database: str = "ok"
    cache: str = "ok"
    events: str = "ok"
