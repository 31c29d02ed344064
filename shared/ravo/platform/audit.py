"""Who acts: set once in each of a staff member's transactions, for the triggers that write the audit log."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from sqlalchemy import text
from sqlalchemy.orm import Session


class Actor(BaseModel):
    """Someone whose writes are put on record: a user, a machine's key or an operator; by which function, from where."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    id: UUID
    kind: Literal["user", "key", "operator"]
    action: str
    network_address: str
    user_agent: str
    request_id: str


# Set when a request's caller was let in as staff; each request runs in a context of its own.
acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


@contextmanager
def acting_as_operator(action: str, *, request_id: str) -> Generator[None]:
    """Record what the block writes as an operator's, who invoked the function from outside; AWS's own log says who it
    was.
    """
    actor = Actor(
        id=UUID(int=0), kind="operator", action=action, network_address="", user_agent="", request_id=request_id
    )
    before = acting.set(actor)
    try:
        yield
    finally:
        acting.reset(before)


_SAY = text("SELECT set_config('ravo.actor', :actor, true)")


def say_who_acts(session: Session) -> bool:
    """Tell the open transaction who acts, if that is to be on record; tells whether it is."""
    actor = acting.get()
    if actor is None:
        return False
    session.execute(_SAY, {"actor": actor.model_dump_json(by_alias=True)})
    return True


def say_nobody_acts(session: Session) -> None:
    """Take it back before a transaction's end, where another one goes on around it."""
    session.execute(_SAY, {"actor": ""})
