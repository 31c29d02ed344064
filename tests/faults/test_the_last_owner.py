"""Two owners who are taken away at once, over two connections: one goes, one stays."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Waiting
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from ravo.identity.super_admins.errors import LastOwner
from ravo.identity.super_admins.service import ensure_another
from ravo.identity.users import service as users
from ravo.identity.users.schemas import RolesInput
from ravo.platform.ids import uuid7
from ravo.platform.time import now
from ravo.platform.tokens import Principal
from tests.databases import copy_of_the_database
from tests.identity.staff import Member, member


@pytest.fixture
def connections(migrated: None) -> Iterator[Engine]:
    """A database of its own, where what is done is committed, with as many connections as are asked for."""
    engine = create_engine(copy_of_the_database("last_owner"))
    yield engine
    engine.dispose()


def caller(someone: Member) -> Principal:
    return Principal(someone.id, uuid7(), now(), frozenset({"super_admin"}), frozenset({"*"}))


def owners(connections: Engine) -> list[UUID]:
    with Session(connections) as session:
        active = "SELECT u.id FROM users u JOIN user_roles ON user_id = u.id JOIN roles r ON r.id = role_id"
        return list(session.scalars(text(f"{active} WHERE r.name = 'super_admin' AND disabled_at IS NULL")))


def disable(session: Session, someone: Member, by: Member) -> None:
    users.disable(session, someone.id, by=caller(by))


def demote(session: Session, someone: Member, by: Member) -> None:
    users.set_roles(session, someone.id, RolesInput(roles=["admin"], version=1), by=caller(by))


def close(session: Session, someone: Member, by: Member) -> None:
    ensure_another(session, someone.id)
    session.execute(text("UPDATE users SET deleted_at = now() WHERE id = :id"), {"id": someone.id})


@pytest.mark.parametrize("first", [disable, demote, close])
@pytest.mark.parametrize("second", [disable, demote, close])
def test_of_two_owners_taken_away_at_once_one_stays(connections: Engine, first: object, second: object) -> None:
    with Session(connections) as session, session.begin():
        ada, eve = (member(session, role="super_admin") for _ in range(2))

    def take_eve_away() -> None:
        with Session(connections) as session, session.begin():
            second(session, eve, eve)  # type: ignore[operator]

    with ThreadPoolExecutor(1) as other, Session(connections) as session:
        with session.begin():
            first(session, ada, ada)  # type: ignore[operator]
            later = other.submit(take_eve_away)
            with pytest.raises(Waiting):
                later.result(timeout=0.5)
        with pytest.raises(LastOwner):
            later.result(timeout=60)

    assert eve.id in owners(connections)
