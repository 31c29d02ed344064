"""The SQL of what is deleted when its time is long over."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, text
from sqlalchemy.orm import Session

_CLEAN: Mapping[str, Any] = {
    name: text(
        f"DELETE FROM {name} WHERE id IN"
        f" (SELECT id FROM {name} WHERE {condition} ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED)"
    )
    for name, condition in {
        "mailed_tokens": "expires_at < now() - interval '7 days'",
        # A session's refresh tokens are deleted with it.
        "sessions": "expires_at < now() - interval '30 days' OR ended_at < now() - interval '30 days'",
        "refresh_tokens": "used_at < now() - interval '30 days'",
    }.items()
}
CLEANED = tuple(_CLEAN)


def clean(session: Session, name: str, limit: int) -> int:
    """Delete rows of one of the tables in `CLEANED` whose time is long over; returns how many."""
    return cast("CursorResult[Any]", session.execute(_CLEAN[name], {"limit": limit})).rowcount
