"""The SQL of the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from ravo.identity.access.models import ApiKey
from ravo.identity.accounts.models import User
from ravo.identity.audit.models import AuditEntry
from ravo.platform.database import within


@dataclass(frozen=True)
class Filters:
    """What the log is narrowed by: from `since` on, and before `until`."""

    actor_id: UUID | None = None
    action: str | None = None
    entity: str | None = None
    entity_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Told(NamedTuple):
    """An entry and who acted, as far as that is still known: a user, or a machine's key."""

    entry: AuditEntry
    user: User | None
    key: ApiKey | None


_TOLD = (
    select(AuditEntry, User, ApiKey)
    .outerjoin(User, and_(AuditEntry.actor_kind == "user", User.id == AuditEntry.actor_id))
    .outerjoin(ApiKey, and_(AuditEntry.actor_kind == "key", ApiKey.id == AuditEntry.actor_id))
)


def newest_entries(session: Session, filters: Filters, *, before: UUID | None, limit: int) -> Sequence[Told]:
    """Return entries, the newest first: their ids are in the order of time; `before` continues after that one."""
    statement = _narrowed(_TOLD, filters)
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    statement = statement.order_by(AuditEntry.id.desc()).limit(limit).execution_options(planned_each_time=True)
    return [Told(*row) for row in session.execute(statement)]


def entry_by_id(session: Session, entry_id: UUID) -> Told | None:
    """Return an entry."""
    row = session.execute(_TOLD.where(AuditEntry.id == entry_id)).one_or_none()
    return Told(*row) if row else None


def add_entry(session: Session, entry: AuditEntry) -> None:
    """Write an entry for an act that changes no row."""
    session.add(entry)
    session.flush()


def _narrowed(statement: Select[AuditEntry, User, ApiKey], filters: Filters) -> Select[AuditEntry, User, ApiKey]:
    if filters.actor_id is not None:
        statement = statement.where(AuditEntry.actor_id == filters.actor_id)
    if filters.action is not None:
        statement = statement.where(AuditEntry.action == filters.action)
    if filters.entity is not None:
        statement = statement.where(AuditEntry.entity == filters.entity)
    if filters.entity_id is not None:
        statement = statement.where(AuditEntry.entity_id == filters.entity_id)
    return statement.where(*within(AuditEntry.occurred_at, filters.since, filters.until))
