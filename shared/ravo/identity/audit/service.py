"""The rules of the audit log: acts that change no row are written here.

The database writes all others by itself.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from ravo.identity.audit import queries
from ravo.identity.audit.models import AuditEntry
from ravo.platform.audit import acting


def note(session: Session, *, entity: str, entity_id: str, details: Mapping[str, Any]) -> None:
    """Record an act that changes no row; `details` are ids, codes and counts, never personal data or secrets.

    Only what staff do is recorded.
    """
    actor = acting.get()
    if actor is None:
        return
    entry = AuditEntry(
        actor_id=actor.id,
        actor_kind=actor.kind,
        action=actor.action,
        entity=entity,
        entity_id=entity_id,
        change="act",
        after=dict(details),
        network_address=actor.network_address,
        user_agent=actor.user_agent,
        request_id=actor.request_id,
    )
    queries.add_entry(session, entry)
