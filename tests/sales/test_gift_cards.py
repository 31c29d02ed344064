"""Gift cards, as staff issue them and as shoppers then pay with them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from ravo.platform.time import now
from ravo.sales.codes import hash_of
from tests.gateway import call
from tests.sales.carts import add, enter, goods, new_cart, sums
from tests.sales.carts import show as show_cart
from tests.sales.managing import ADMIN, CARD, all_of, change, made, make, rows, show


def test_a_gift_card_shows_its_code_once_and_pays(database: Any, staff_token: str) -> None:
    until = (now() + timedelta(days=365)).isoformat()
    card = made(staff_token, "gift_card", CARD | {"expiresAt": until, "note": "Raffle"})

    code = card.pop("code")

    assert len(code) == 19
    assert card["lastCharacters"] == code[-4:]
    assert (card["balance"], card["note"], card["isActive"]) == (CARD["amount"], "Raffle", True)
    assert database.scalar(text("SELECT code_hash FROM gift_cards")) == hash_of(code)
    assert code not in str(database.execute(text("SELECT * FROM gift_cards")).one())
    shown = show(staff_token, "gift_card", card["id"]).data
    entries = shown.pop("entries")
    assert shown == card
    assert [(entry["delta"], entry["reason"], entry["orderId"]) for entry in entries] == [
        (CARD["amount"], "issued", None)
    ]
    assert entries[0]["actorId"]
    assert code not in json.dumps(all_of(staff_token, "gift_card").json)
    (small,) = goods(staff_token, basePrice={"amount": "20.00", "currency": "EUR"})
    cart = new_cart()
    add(cart, small)
    assert "due" not in sums(enter(cart, code.lower()).data)


def test_a_gift_card_that_is_switched_off_pays_nothing_and_keeps_its_balance(database: Any, staff_token: str) -> None:
    card = made(staff_token, "gift_card", CARD)
    (small,) = goods(staff_token, basePrice={"amount": "20.00", "currency": "EUR"})
    cart = new_cart()
    add(cart, small)
    enter(cart, card["code"])

    off = change(staff_token, "gift_card", card["id"], isActive=False, note="Lost")

    assert (off.status, off.data["isActive"], off.data["balance"], off.data["version"]) == (
        200,
        False,
        CARD["amount"],
        2,
    )
    assert "code" not in off.data
    assert sums(show_cart(cart).data)["due"] == "20.00"
    assert change(staff_token, "gift_card", card["id"], 2, isActive=True, expiresAt=None).data["isActive"] is True
    assert "due" not in sums(show_cart(cart).data)


def test_issuing_twice_under_one_key_is_one_card_whose_code_is_told_again(database: Any, staff_token: str) -> None:
    first, second, third = (
        call(
            "sales/admin/issue_gift_card",
            "POST",
            f"{ADMIN}/gift-cards",
            body=CARD,
            token=staff_token,
            headers={"idempotency-key": key},
        )
        for key in ("the-same-key", "the-same-key", "another-key")
    )

    assert second.data == first.data
    assert third.data["code"] != first.data["code"]
    listed = all_of(staff_token, "gift_card")
    assert [card["id"] for card in listed.data] == [third.data["id"], first.data["id"]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": {"amount": "0", "currency": "EUR"}},
        {"amount": {"amount": "-5", "currency": "EUR"}},
        {"amount": {"amount": "5.001", "currency": "EUR"}},
        # What ISO 4217 calls no currency.
        {"amount": {"amount": "5", "currency": "XXX"}},
        {"expiresAt": "2020-01-01T00:00:00Z"},
        {"expiresAt": "2030-01-01"},
        {"note": "x" * 501},
        {"code": "MY-OWN-CODE"},
    ],
)
def test_a_gift_card_that_can_not_be_is_refused(database: Any, staff_token: str, wrong: dict[str, Any]) -> None:
    assert make(staff_token, "gift_card", CARD | wrong).status == 422
    assert (rows(database, "gift_cards"), rows(database, "gift_card_entries")) == (0, 0)
