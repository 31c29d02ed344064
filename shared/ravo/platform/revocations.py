"""Revocations: sessions, and tokens of a user issued before a moment, that end at once for every function."""

from datetime import datetime
from uuid import UUID

from ravo.platform import valkey
from ravo.platform.observability import count, logger
from ravo.platform.tokens import LEEWAY_SECONDS, LIFE

# No token of the session outlives this.
_REMEMBERED_SECONDS = int(LIFE.total_seconds()) + 2 * LEEWAY_SECONDS


def end_session(user_id: UUID, session_id: UUID) -> None:
    """Let no access token of a session in from now on; to be called after the commit that ended it."""
    session_key, _ = keys_of(user_id, session_id)
    _remember(session_key, 1)


def end_tokens(user_id: UUID, before: datetime) -> None:
    """Refuse access tokens of a user that were issued before a moment; called after the commit that made them stale.

    A token that is issued while that commit is under way may still say what was true before it. So the moment should be
    one after the commit, but for a change that hands out a new token itself: there it is the one before that token.
    """
    _, stale_key = keys_of(user_id, user_id)
    _remember(stale_key, moment_of(before))


def place_of(user_id: UUID) -> str:
    """What a user's requests are counted by; what ended of a user is kept in the same place of a cluster."""
    return f"user:{user_id}"


def keys_of(user_id: UUID, session_id: UUID) -> list[str]:
    """Where it is kept that a session has ended, and since when a user's tokens count."""
    place = place_of(user_id)
    return [f"ended:{{{place}}}:{session_id}", f"stale:{{{place}}}"]


def moment_of(when: datetime) -> int:
    """A moment in milliseconds, as Valkey compares them."""
    return round(when.timestamp() * 1000)


def _remember(key: str, value: int) -> None:
    """Without Valkey the tokens end by themselves within a quarter of an hour; the change itself has succeeded."""
    try:
        valkey.execute("SET", key, value, "EX", _REMEMBERED_SECONDS)
    except valkey.ValkeyUnavailable:
        logger().warning("an ended session is not known to Valkey")
        count("RevocationNotTold")
