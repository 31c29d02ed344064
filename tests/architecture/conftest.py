"""A shop that has one of everything, filled once for each file that asks every route for something."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from sqlalchemy.orm import Session

from ravo.platform import tokens, valkey
from ravo.platform.database import bound_to, engine
from tests.conftest import token_for
from tests.whole_shop import fill


class WholeShop(NamedTuple):
    """The session that it stands in, the id of each thing by the word before it in addresses, and whose they are."""

    session: Session
    things: dict[str, str]
    owner: tokens.Principal

    def token(self) -> str:
        """Sign an access token of the owner's: a file may take longer than one of them lives."""
        owner = self.owner
        return tokens.sign(owner.id, session_id=owner.session_id, roles=owner.roles, permissions=owner.permissions)


@pytest.fixture(scope="module")
def filled_shop(migrated: None) -> Iterator[WholeShop]:
    """Filled in a transaction that is rolled back after the file's last test; functions called meanwhile run inside it."""
    with engine().connect() as connection:
        outer = connection.begin()
        with bound_to(connection), Session(connection, join_transaction_mode="create_savepoint") as session:
            things = fill(session, token_for("*"))
            yield WholeShop(session, things, tokens.verify(things.pop("token")))
        outer.rollback()


@pytest.fixture
def whole_shop(filled_shop: WholeShop) -> Iterator[Any]:
    """The shop as it was filled, with nothing that a test before did to it. Stands in the place of `database`."""
    valkey.execute("FLUSHALL")
    with filled_shop.session.connection().begin_nested() as savepoint:
        yield filled_shop._replace(things=dict(filled_shop.things))
        savepoint.rollback()
    filled_shop.session.expire_all()
