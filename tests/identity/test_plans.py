"""How PostgreSQL finds people and entries of the record, where there are many: by an index, whatever is asked for."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.platform.time import now
from tests.conftest import token_for
from tests.gateway import call
from tests.identity.staff import ADMIN
from tests.plans import Sent, filled, read_from_end_to_end, reads_of

PEOPLE, ENTRIES = 20_000, 40_000
LARGE = {"users", "user_roles", "audit_log"}
RARE = UUID(int=4711)

# Ids and times in one order, as ours are; one in a thousand is an editor, one in five hundred locked out.
_STATEMENTS = (
    """
    INSERT INTO users (id, email, password_hash, first_name, last_name, created_at, disabled_at)
    SELECT lpad(to_hex(n), 32, '0')::uuid, md5(n::text) || '@example.com', '-', 'First' || md5('f' || n), 'Last' || n,
        now() - (:people - n) * interval '1 minute', CASE WHEN n % 500 = 0 THEN now() END
    FROM generate_series(1, :people) AS n
    """,
    "INSERT INTO user_roles (user_id, role_id) SELECT u.id, r.id FROM users u JOIN roles r ON r.name = 'customer'",
    """
    INSERT INTO user_roles (user_id, role_id)
    SELECT lpad(to_hex(n), 32, '0')::uuid, r.id FROM generate_series(1000, :people, 1000) AS n
    JOIN roles r ON r.name = 'editor'
    """,
    """
    INSERT INTO audit_log (id, occurred_at, actor_id, actor_kind, action, entity, entity_id, change, network_address,
        user_agent, request_id)
    SELECT lpad(to_hex(n), 32, '0')::uuid, now() - (:entries - n) * interval '1 minute',
        CASE WHEN n % 4000 = 0 THEN CAST(:rare AS uuid) ELSE lpad(to_hex(n % 20), 32, '0')::uuid END, 'user',
        CASE WHEN n % 4000 = 1 THEN 'RareAct' ELSE 'UpdateProduct' END,
        CASE WHEN n % 4000 = 2 THEN 'roles' ELSE 'products' END, (n % 5000)::text, 'update', '', '', ''
    FROM generate_series(1, :entries) AS n
    """,
    "ANALYZE",
)


def _fill(session: Session) -> None:
    for statement in _STATEMENTS:
        session.execute(text(statement), {"people": PEOPLE, "entries": ENTRIES, "rare": RARE})


@pytest.fixture(scope="module")
def shop(migrated: None) -> Iterator[Any]:
    """Many people and a long record, made and analysed in a transaction that is rolled back; functions run inside it."""
    yield from filled(_fill)


@pytest.fixture
def sent(shop: Any) -> Iterator[Sent]:
    """The statements that the test sends, with their values."""
    yield from reads_of(shop)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"status": "active"},
        {"status": "disabled"},
        {"role": "customer"},
        {"role": "editor"},
        {"role": "editor", "status": "disabled"},
        {"search": "last77"},
        {"search": "c4ca42"},
        {"search": "firsta last1"},
        {"search": "last"},
        {"search": "nobody"},
        {"cursor": str(UUID(int=10_000))},
        {"role": "editor", "cursor": str(UUID(int=10_000))},
    ],
    ids=str,
)
def test_people_come_from_indexes(shop: Any, sent: Sent, query: dict[str, str]) -> None:
    reply = call("identity/admin/list_users", "GET", f"{ADMIN}/users", query=query, token=token_for("users:read"))

    assert reply.status == 200, reply.body
    assert bool(reply.data) is (query.get("search") != "nobody")
    assert read_from_end_to_end(shop, sent, LARGE) == []


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"actor": str(RARE)},
        {"actor": str(UUID(int=7))},
        {"action": "RareAct"},
        {"action": "UpdateProduct"},
        {"entity": "roles"},
        {"entity": "products"},
        {"entity": "products", "entityId": "77"},
        {"entityId": "77"},
        {"cursor": str(UUID(int=20_000))},
        {"actor": str(RARE), "action": "UpdateProduct", "entity": "products"},
    ],
    ids=str,
)
@pytest.mark.parametrize("hours", [None, (2, 1), (600, 10), (660, 659)], ids=str)
def test_the_record_comes_from_indexes(
    shop: Any, sent: Sent, query: dict[str, str], hours: tuple[int, int] | None
) -> None:
    within: dict[str, str] = {}
    if hours:
        since, until = (now() - timedelta(hours=each) for each in hours)
        within = {"from": since.isoformat(), "to": until.isoformat()}

    token = token_for("audit:read")
    reply = call("identity/admin/list_audit_entries", "GET", f"{ADMIN}/audit-log", query=query | within, token=token)

    assert reply.status == 200, reply.body
    assert read_from_end_to_end(shop, sent, LARGE) == []
