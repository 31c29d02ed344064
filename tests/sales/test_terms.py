"""What holds for taxes, shipping zones, promotions and gift cards alike: whose change is late, what there is not, and who may."""

from typing import Any

import pytest

from tests.catalog.shop import NOWHERE
from tests.conftest import token_for
from tests.sales.managing import CARD, SALE, TAX, ZONE, all_of, change, made, make, remove, show

MADE: dict[str, Any] = {"tax_rate": TAX, "shipping_zone": ZONE, "promotion": SALE, "gift_card": CARD}


@pytest.mark.parametrize("kind", MADE)
def test_a_change_of_what_someone_else_changed_meanwhile_is_refused(database: Any, staff_token: str, kind: str) -> None:
    thing = made(staff_token, kind, MADE[kind])
    field = {"note": "Mine"} if kind == "gift_card" else {"name": "Mine"}
    change(staff_token, kind, thing["id"], **field)

    late = change(staff_token, kind, thing["id"], **dict.fromkeys(field, "Late"))

    assert (late.status, late.error["code"]) == (409, "VERSION_CONFLICT")
    assert all_of(staff_token, kind).data[0] | field == all_of(staff_token, kind).data[0]


@pytest.mark.parametrize("kind", MADE)
def test_what_there_is_not_is_not_found(database: Any, staff_token: str, kind: str) -> None:
    field = {"note": "x"} if kind == "gift_card" else {"name": "x"}
    assert change(staff_token, kind, NOWHERE, **field).status == 404
    if kind != "tax_rate":
        assert show(staff_token, kind, NOWHERE).status == 404
    if kind != "gift_card":
        assert remove(staff_token, kind, NOWHERE).status == 404


@pytest.mark.parametrize("kind", MADE)
def test_who_may_look_may_not_change_and_a_customer_may_neither(database: Any, staff_token: str, kind: str) -> None:
    thing = made(staff_token, kind, MADE[kind])
    looking, nobody = token_for("pricing:read"), token_for("products:write", "orders:write")

    assert all_of(looking, kind).status == 200
    assert make(looking, kind, MADE[kind]).status == 403
    assert change(looking, kind, thing["id"], isActive=False).status == 403
    assert all_of(nobody, kind).status == 403
    assert all_of(None, kind).status == 401
    assert make(None, kind, MADE[kind]).status == 401
    if kind != "gift_card":
        assert remove(looking, kind, thing["id"]).status == 403
    assert all_of(staff_token, kind).json["pagination"]["total"] == 1
