"""What the bench orders is what the shop sells, and what it sends bare is what another order would."""

import random
import time
import uuid

import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import text

from bench import goods, till
from bench.floor import BEGIN, COMMIT, Anew, count, recorded
from bench.neighbours import answer
from bench.shopper import ORDERED, answered, shop
from ravo.operations.doctor.service import find_drift
from ravo.platform.ids import uuid7


@pytest.fixture
def shop_till(database):
    """A till in a shop of a hundred generated products."""
    for _ in goods.fill(database, start=1, end=100):
        pass
    return till.open_till(database)


def test_a_till_offers_one_product_of_many_variants_and_promotions_with_goods_of_their_own(database, shop_till):
    assert (len(shop_till.variants), len(shop_till.of_one)) == (99, 500)
    kinds = database.execute(
        text(
            "SELECT count(*), count(*) FILTER (WHERE code IS NULL), count(*) FILTER (WHERE id IN ("
            "SELECT promotion_id FROM promotion_categories)) FROM promotions"
        )
    ).one()
    assert tuple(kinds) == (200, 185, 90)
    assert find_drift() == []


def test_a_shopper_walks_to_a_placed_order_and_asks_again_for_its_payment(database, shop_till):
    names: list[str] = []

    def ask(step):
        names.append(step.name)
        return answered(step)

    shop(shop_till, random.Random(1), ask, long=True)
    assert names == [
        "create cart",
        "add an item",
        "add a second, one of 500 variants",
        "address",
        "shipping options",
        "choose shipping",
        "enter a code",
        "checkout",
        "pay, asked again",
    ]
    assert database.scalar(text("SELECT count(*) FROM orders")) == 1
    names.clear()
    shop(shop_till, random.Random(2), ask, until=ORDERED)
    assert names == ["create cart", "add an item", "address", "shipping options", "choose shipping", ORDERED]
    assert database.scalar(text("SELECT count(*) FROM order_items")) == 3
    assert database.scalar(text("SELECT count(*) FROM payments")) == 2
    assert find_drift() == []


def test_another_order_has_the_same_values_under_other_ids():
    old = uuid.UUID("01900000-0000-7000-8000-000000000000")
    began = time.time()
    order = uuid7()
    anew = Anew(since=began)
    first = anew.values({"id": order, "variant_id": old, "order_number": "ABCDE-FGHJK", "quantity": 2})
    assert first["id"] != order
    assert first["variant_id"] == old
    assert first["order_number"] != "ABCDE-FGHJK"
    assert first["quantity"] == 2
    later = anew.values([{"session_id": f"order:{order}", "taken": Jsonb([{"id": str(order), "of": str(old)}])}])
    assert later[0]["session_id"] == f"order:{first['id']}"
    assert later[0]["taken"].obj == [{"id": str(first["id"]), "of": str(old)}]


def test_bounds_of_transactions_are_written_down_and_are_no_statements(migrated):
    from ravo.platform.database import reading, transaction

    with recorded(transactions=True) as sent:
        with transaction() as session:
            session.execute(text("SELECT 1"))
        with reading() as session:
            session.execute(text("SELECT 2"))
    assert [statement for statement, _ in sent] == [BEGIN, "SELECT 1", COMMIT, "SELECT 2"]
    assert count(sent) == 2


def test_the_neighbours_know_what_was_asked_of_them():
    made = answer("post", "/v1/payment_intents", "", "amount=1234&currency=eur&metadata%5Border_id%5D=x")
    assert answer("get", f"/v1/payment_intents/{made['id']}", "", "") == made
    assert (made["amount"], made["currency"], made["metadata"]) == (1234, "eur", {"order_id": "x"})
    taken = answer("post", "/", "x-amz-target: awsevents.putevents", '{"Entries": [{}, {}]}')
    assert (taken["FailedEntryCount"], len(taken["Entries"])) == (0, 2)
    assert answer("post", "/", "x-amz-target: dynamodb_20120810.putitem", "{}") == {}
