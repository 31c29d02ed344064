"""How PostgreSQL finds orders, in a shop that has some: by an index, wherever one can help."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.platform import tokens
from ravo.platform.ids import uuid7
from tests.conftest import token_for
from tests.gateway import call
from tests.plans import Sent, filled, read_from_end_to_end, reads_of
from tests.sales.carts import SALES, goods
from tests.sales.orders import ADMIN, track

ORDERS = 20_000
LARGE = {"orders", "order_items", "order_events", "tracking_events", "payments", "payment_entries", "carts"}
CUSTOMER = UUID(int=4711)

# Ids in the order of time, as ours are; one of five hundred orders waits for its payment. What others will refer to is
# analysed at once: the plan of a foreign key that was made over an empty table reads all of it for each row.
_STATEMENTS = (
    """
    INSERT INTO users (id, email, password_hash) VALUES (:customer, 'many@example.com', '-')
    """,
    """
    INSERT INTO carts (id, currency, status)
    SELECT lpad(to_hex(n), 32, '0')::uuid, 'EUR', 'ordered' FROM generate_series(1, :orders) AS n
    """,
    "ANALYZE carts",
    """
    INSERT INTO orders (id, order_number, cart_id, user_id, email, locale, status, currency, subtotal, tax_amount,
        shipping_amount, discount_amount, total_amount, shipping_address, billing_address, shipping_method, expires_at,
        created_at)
    SELECT c.id, upper(substr(md5(n::text), 1, 5) || '-' || substr(md5(n::text), 6, 5)), c.id,
        CASE WHEN n % 1000 = 0 THEN CAST(:customer AS uuid) END, 'c' || n || '@example.com', 'en',
        CASE WHEN n % 500 = 0 THEN 'pending_payment' ELSE 'delivered' END, 'EUR', 10, 0, 0, 0, 10, '{}', '{}', 'Parcel',
        now(), now() - n * interval '1 minute'
    FROM generate_series(1, :orders) AS n JOIN carts c ON c.id = lpad(to_hex(n), 32, '0')::uuid
    """,
    "ANALYZE orders",
    """
    INSERT INTO order_items (id, order_id, variant_id, position, sku, name, quantity, unit_price, net_amount,
        discount_amount, tax_amount, tax_rate, total_price, product_snapshot)
    SELECT gen_random_uuid(), o.id, v.id, 0, v.sku, 'Shirt', 1, 10, 10, 0, 0, 0, 10, '{}'
    FROM orders o CROSS JOIN (SELECT id, sku FROM product_variants LIMIT 1) v
    """,
    """
    INSERT INTO order_events (id, order_id, kind, source) SELECT gen_random_uuid(), id, 'status', 'customer' FROM orders
    """,
    """
    INSERT INTO tracking_events (id, order_id, status, occurred_at)
    SELECT gen_random_uuid(), id, 'delivered', now() FROM orders
    """,
    """
    INSERT INTO payments (id, order_id, provider, intent_id, status, amount, currency)
    SELECT gen_random_uuid(), id, 'stripe', 'pi_' || id, 'succeeded', 10, 'EUR' FROM orders
    """,
    "ANALYZE payments",
    """
    INSERT INTO payment_entries (id, order_id, payment_id, kind, amount, reference)
    SELECT gen_random_uuid(), order_id, id, 'charge', 10, 'charge' FROM payments
    """,
    "ANALYZE",
)


def _fill(session: Session) -> None:
    goods(token_for("*"), stock=0)
    for statement in _STATEMENTS:
        session.execute(text(statement), {"customer": CUSTOMER, "orders": ORDERS})


@pytest.fixture(scope="module")
def shop(migrated: None) -> Iterator[Any]:
    """Many orders, made and analysed in a transaction that is rolled back; functions run inside it."""
    yield from filled(_fill)


@pytest.fixture
def sent(shop: Any) -> Iterator[Sent]:
    """The statements that the test sends, with their values."""
    yield from reads_of(shop)


@pytest.mark.parametrize(
    "query",
    [
        {"status": "pending_payment"},
        {"search": "C4CA4"},
        {"search": "c77@example.com"},
        {"placedFrom": "2100-01-01T00:00:00Z"},
        {"cursor": str(UUID(int=50)), "search": "c77@example.com"},
    ],
    ids=str,
)
def test_staff_find_orders_by_an_index(shop: Any, sent: Sent, query: dict[str, str]) -> None:
    reply = call("sales/admin/list_orders", "GET", f"{ADMIN}/orders", query=query, token=token_for("*"))

    assert reply.status == 200
    assert len(sent) == 2
    assert read_from_end_to_end(shop, sent, LARGE) == []


def test_one_order_is_found_with_all_that_belongs_to_it(shop: Any, sent: Sent) -> None:
    path = f"{ADMIN}/orders/{UUID(int=7)}"

    assert call("sales/admin/get_admin_order", "GET", path, token=token_for("*")).status == 200
    assert read_from_end_to_end(shop, sent, LARGE) == []


def test_a_customer_and_a_guest_find_their_orders(shop: Any, sent: Sent) -> None:
    token = tokens.sign(CUSTOMER, session_id=uuid7(), roles=[], permissions=[])

    mine = call("sales/account/list_my_orders", "GET", f"{SALES}/me/orders", token=token)
    guests = track("C4CA4-238A0", "c1@example.com")

    assert (mine.json["pagination"]["total"], guests.status) == (ORDERS // 1000, 200)
    assert read_from_end_to_end(shop, sent, LARGE) == []


def test_what_is_overdue_is_found_among_the_unpaid(shop: Any, sent: Sent) -> None:
    from ravo.platform.database import reading
    from ravo.sales.orders import queries

    with reading() as session:
        assert len(queries.overdue(session, 50)) == ORDERS // 500
        assert queries.any_unpaid(session)

    assert read_from_end_to_end(shop, sent, LARGE) == []
