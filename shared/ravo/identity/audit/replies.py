"""The audit log as staff see it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.audit import queries
from ravo.identity.audit.errors import EntryNotFound
from ravo.identity.audit.queries import Told
from ravo.identity.audit.schemas import ActorReply, EntryReply
from ravo.platform.paging import CursorPage


def page_of_entries(
    session: Session, filters: queries.Filters, *, cursor: UUID | None, limit: int
) -> tuple[Sequence[EntryReply], CursorPage]:
    """Return one page of the audit log, the newest first."""
    found = queries.newest_entries(session, filters, before=cursor, limit=limit + 1)
    shown = found[:limit]
    entries = [_entry(told) for told in shown]
    return entries, CursorPage.of(limit, next_cursor=str(shown[-1].entry.id) if len(found) > limit else None)


def entry_of(session: Session, entry_id: UUID) -> EntryReply:
    """Return an entry of the audit log. Refuses with `EntryNotFound`."""
    found = queries.entry_by_id(session, entry_id)
    if found is None:
        raise EntryNotFound
    return _entry(found)


def _entry(told: Told) -> EntryReply:
    entry = told.entry
    return EntryReply.model_validate(
        {name: getattr(entry, name) for name in EntryReply.model_fields if name != "actor"} | {"actor": _actor(told)}
    )


def _actor(told: Told) -> ActorReply:
    entry = told.entry
    # Names are looked up, not kept in the entry: people who were erased are gone from here too.
    name, email = "erased", None
    if told.user is not None:
        name, email = f"{told.user.first_name} {told.user.last_name}".strip(), told.user.email
    elif told.key is not None:
        name = f"{told.key.name} ({told.key.prefix})"
    elif entry.actor_kind == "operator":
        name = "operator"
    return ActorReply.model_validate({"id": entry.actor_id, "kind": entry.actor_kind, "name": name, "email": email})
