"""Cards: written when a product changes, whoever changes it, and found to be what they would be if they were written now."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from bench import goods
from ravo.catalog.index import queries as index
from ravo.catalog.projections import service as projections
from ravo.catalog.variants import queries as variants
from ravo.operations.doctor.service import find_drift
from ravo.platform import database as db
from ravo.platform.cache import Group, drop
from ravo.platform.settings import forget_settings
from tests.catalog.shop import ADMIN, category, change, eur, listed, sell
from tests.databases import copy_of_the_database
from tests.gateway import call
from tests.inventory.stock import adjust
from tests.jobs import drain

ROUNDS = 50


def card_of(sku: str) -> dict[str, Any]:
    """A product's card in the list, as the shop is now."""
    drop(Group.PRODUCTS)
    return next(card for card in listed()["data"] if card["sku"] == sku)


def test_a_card_follows_every_change_of_its_product(database: Any, staff_token: str) -> None:
    women = category(staff_token, "Women")
    hat = sell(staff_token, "HAT", "Hat", "20.00", matrix={"sizes": ["S", "M"]}, categoryIds=[women["id"]])
    path = f"{ADMIN}/products/{hat['id']}/variants"
    small = call("catalog/admin/list_variants", "GET", path, token=staff_token).data[0]

    change(staff_token, hat, name="Cap", salePrice=eur("15.00"))
    told = {"price": eur("99.00"), "version": small["version"]}
    assert call("catalog/admin/update_variant", "PATCH", f"{path}/{small['id']}", body=told, token=staff_token).status == 200  # fmt: skip

    card = card_of("HAT")
    assert (card["name"], card["price"], card["compareAtPrice"]) == ("Cap", eur("15.00"), eur("20.00"))
    assert [each["price"] for each in card["variants"]] == [eur("99.00"), eur("15.00")]
    assert find_drift() == []


def test_each_variant_on_a_card_goes_out_of_stock_and_comes_back(database: Any, staff_token: str) -> None:
    hat = sell(staff_token, "HAT", "Hat", matrix={"sizes": ["S", "M"]})
    path = f"{ADMIN}/products/{hat['id']}/variants"
    ids = [each["id"] for each in call("catalog/admin/list_variants", "GET", path, token=staff_token).data]

    def receive(variant_id: str, delta: int) -> None:
        assert adjust(staff_token, variant_id, delta=delta).status == 201
        drain(database)

    for variant_id in ids:
        receive(variant_id, 1)
    assert [each["inStock"] for each in card_of("HAT")["variants"]] == [True, True]
    receive(ids[0], -1)
    assert [each["inStock"] for each in card_of("HAT")["variants"]] == [False, True]
    assert find_drift() == []


def test_pictures_are_kept_without_the_shops_address_and_shown_with_it(
    database: Any, staff_token: str, media_moves: Callable[[], None]
) -> None:
    said = 'a "url":"/media/" in words'
    sell(staff_token, "HAT", said, images=[{"url": "http://localhost:8000/media/hat.svg", "alt": said}])
    media_moves()

    card = card_of("HAT")

    assert card["image"] == {"url": "https://cdn.example/media/hat.svg", "alt": said}
    assert card["name"] == said


def test_a_product_whose_card_is_missing_is_left_out_until_a_deployment_writes_it(
    database: Any, staff_token: str
) -> None:
    for sku in ("HAT", "CAP"):
        sell(staff_token, sku, sku.title())
    before = [card_of("HAT"), card_of("CAP")]
    database.execute(text("DELETE FROM product_cards"))
    drop(Group.PRODUCTS)

    assert listed()["data"] == []
    assert len(find_drift()) == 2
    assert (projections.write_stale(), projections.write_stale()) == (2, 0)
    assert [card_of("HAT"), card_of("CAP")] == before
    assert find_drift() == []


def test_the_doctor_finds_a_card_that_is_not_what_it_would_be_and_a_deployment_writes_it(
    database: Any, staff_token: str
) -> None:
    hat = sell(staff_token, "HAT", "Hat")
    database.execute(text("UPDATE product_cards SET card = replace(card, 'Hat', 'Cap')"))

    assert find_drift() == [{"productId": hat["id"], "shown": "outdated"}]

    assert projections.write_stale() == 1
    assert find_drift() == []


@pytest.fixture
def shop(migrated: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The engine of a shop of its own, where what is done is committed."""
    address = copy_of_the_database("cards")
    monkeypatch.setenv("DATABASE_URL", address)
    forget_settings()
    engine = create_engine(address)
    with Session(engine) as session:
        for _ in goods.fill(session, start=1, end=2):
            pass
    yield engine
    engine.dispose()
    db.forget_connection()
    monkeypatch.undo()
    forget_settings()


def test_two_that_change_a_product_at_once_write_a_card_of_both_changes(shop: Any) -> None:
    with Session(shop) as session:
        ids = list(session.scalars(text("SELECT id FROM products ORDER BY id")))
        all_variants = list(session.scalars(text("SELECT id FROM product_variants")))
    both = threading.Barrier(2)
    failed: list[BaseException] = []

    def rename(number: int) -> None:
        with Session(shop) as session, session.begin():
            session.execute(text("UPDATE products SET name = 'Name ' || :number"), {"number": number})
            projections.refresh(session, ids)

    def count(number: int) -> None:
        told = dict.fromkeys(all_variants, number % 2)
        with Session(shop) as session, session.begin():
            concerned = variants.show_available(session, told, as_of=datetime.now(UTC))
            index.lock_for_update(session, concerned)
            index.turn_in_stock(session, concerned)
            projections.write(session, concerned)

    def again_and_again(act: Any) -> None:
        try:
            for number in range(ROUNDS):
                both.wait(timeout=10)
                act(number)
        except BaseException as error:
            failed.append(error)
            both.abort()

    acting = [threading.Thread(target=again_and_again, args=(act,)) for act in (rename, count)]
    for each in acting:
        each.start()
    for each in acting:
        each.join()

    assert not failed
    assert find_drift() == []
    with Session(shop) as session:
        names = {json.loads(card)["name"] for card in session.scalars(text("SELECT card FROM product_cards"))}
    assert names == {f"Name {ROUNDS - 1}"}
