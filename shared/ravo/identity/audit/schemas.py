"""The audit log at the edge."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ravo.platform.schemas import Reply


class ActorReply(Reply):
    """Who acted, with today's name and mail address; of people who were erased only the id is left.

    An operator acts from outside the shop.
    """

    id: UUID
    kind: Literal["user", "key", "operator"]
    name: str
    email: str | None


class EntryReply(Reply):
    """One row that an act changed, before and after.

    `change` is insert, update, delete, or `act` for what changed no row.
    """

    id: UUID
    occurred_at: datetime
    actor: ActorReply
    action: str
    entity: str
    entity_id: str
    change: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    network_address: str
    user_agent: str
    request_id: str
