"""Stock: counted, held, given back, and proven by its ledger."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.catalog.importing import import_csv
from tests.catalog.shop import NOWHERE, listed, page_of
from tests.gateway import call, context, function
from tests.inventory.stock import ADMIN, INVENTORY, adjust, check, release, reserve, stock, variants
from tests.jobs import drain, recorded, run, scheduled

pytestmark = pytest.mark.usefixtures("no_drift")


def expire(database: Any) -> None:
    database.execute(text("UPDATE reservations SET expires_at = now() - interval '1 second'"))


def test_pieces_that_come_are_on_hand_and_in_the_ledger(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)

    came = adjust(staff_token, small, delta=5, note="first delivery")
    counted = adjust(staff_token, small, onHand=3, reason="counted")
    same = adjust(staff_token, small, onHand=3, reason="counted")

    assert (came.status, came.data["onHand"], came.data["available"]) == (201, 5, 5)
    assert (counted.data["onHand"], same.data["onHand"]) == (3, 3)
    path = f"{ADMIN}/stock/{small}/movements"
    ledger = call("inventory/admin/list_stock_movements", "GET", path, token=staff_token)
    assert [(row["delta"], row["reason"], row["note"]) for row in ledger.data] == [
        (-2, "counted", ""),
        (5, "received", "first delivery"),
    ]
    assert all(row["actorId"] for row in ledger.data)
    assert stock(staff_token, search="TEE") == {"TEE-M": (0, 0, 0), "TEE-S": (3, 0, 3)}


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"delta": 1, "onHand": 1}, 422),
        ({}, 422),
        ({"delta": 2_000_000}, 422),
        ({"onHand": -1}, 422),
        ({"delta": 1, "reason": "sold"}, 422),
        ({"delta": -1}, 409),
        ({"delta": 1, "locationId": NOWHERE}, 404),
    ],
)
def test_an_adjustment_that_can_not_be_changes_nothing(
    database: Any, staff_token: str, given: dict[str, Any], status: int
) -> None:
    (small, _) = variants(staff_token)

    assert adjust(staff_token, small, **given).status == status
    assert stock(staff_token)["TEE-S"] == (0, 0, 0)
    assert adjust(staff_token, NOWHERE, delta=1).status == 422


def test_the_ledger_can_not_be_rewritten(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=5)

    for statement in ("UPDATE stock_movements SET delta = 6", "DELETE FROM stock_movements"):
        savepoint = database.begin_nested()
        with pytest.raises(DBAPIError, match="is a ledger"):
            database.execute(text(statement))
        savepoint.rollback()


def test_all_of_a_demand_is_held_or_nothing(database: Any, staff_token: str) -> None:
    small, medium = variants(staff_token)
    adjust(staff_token, small, delta=2)
    adjust(staff_token, medium, delta=1)

    short = reserve({small: 1, medium: 2})
    assert (short.status, short.error["code"]) == (409, "INSUFFICIENT_STOCK")
    assert short.error["details"] == [{"field": medium, "message": "2 wanted, 1 available"}]
    assert stock(staff_token) == {"TEE-M": (1, 0, 1), "TEE-S": (2, 0, 2)}

    held = reserve({small: 1, medium: 1})
    assert (held.status, held.headers["location"]) == (201, f"{INVENTORY}/reservations/{held.data['id']}")
    assert stock(staff_token) == {"TEE-M": (1, 1, 0), "TEE-S": (2, 1, 1)}


def test_two_lines_of_one_variant_are_summed_before_they_are_held(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=3)

    assert reserve([(small, 2), (small, 2)]).status == 409
    assert reserve([(small, 2), (small, 1)]).status == 201
    assert stock(staff_token)["TEE-S"] == (3, 3, 0)


def test_a_check_says_what_could_be_had_and_no_more(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=5)

    assert (check(small, 2), check(small, 9)) == ((2, True), (5, False))
    reserve({small: 4})
    assert check(small, 2) == (1, False)


def test_what_is_given_back_can_be_had_again_and_only_once(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=2)
    held = reserve({small: 2}).data["id"]

    assert [release(held).status for _ in range(2)] == [204, 204]
    assert stock(staff_token)["TEE-S"] == (2, 0, 2)
    assert release(NOWHERE).status == 404


def test_a_session_holds_one_reservation(database: Any, staff_token: str) -> None:
    small, medium = variants(staff_token)
    adjust(staff_token, small, delta=2)
    adjust(staff_token, medium, delta=1)
    reserve({small: 2}, "session-1")

    assert reserve({small: 1, medium: 1}, "session-1").status == 201
    assert stock(staff_token) == {"TEE-M": (1, 1, 0), "TEE-S": (2, 1, 1)}
    # What can't be had leaves what is held.
    assert reserve({medium: 5}, "session-1").status == 409
    assert stock(staff_token) == {"TEE-M": (1, 1, 0), "TEE-S": (2, 1, 1)}


def test_what_expired_counts_no_more_from_that_moment_on(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=2)
    held = reserve({small: 2}, "session-1").data["id"]
    expire(database)

    assert check(small, 2) == (2, True)
    assert stock(staff_token)["TEE-S"] == (2, 0, 2)
    assert reserve({small: 2}, "session-2").status == 201
    assert release(held).status == 204
    assert stock(staff_token)["TEE-S"] == (2, 2, 0)


def test_the_sweep_cleans_up_and_then_lets_the_database_sleep(
    database: Any, staff_token: str, statements: list[str]
) -> None:
    small, medium = variants(staff_token)
    adjust(staff_token, small, delta=2)
    adjust(staff_token, medium, delta=2)
    reserve({small: 1, medium: 1}, "session-1")
    expire(database)
    reserve({medium: 1}, "session-2")

    scheduled("inventory/schedules/release_reservations")
    assert database.scalar(text("SELECT count(*) FROM reservations WHERE status = 'released'")) == 1
    assert stock(staff_token) == {"TEE-M": (2, 1, 1), "TEE-S": (2, 0, 2)}

    expire(database)
    scheduled("inventory/schedules/release_reservations", force=True)
    from ravo.inventory.reservations.service import HELD
    from ravo.platform.time import now

    HELD.forget(older_than=now())
    statements.clear()
    scheduled("inventory/schedules/release_reservations")
    assert statements == []


def test_places_are_taken_from_in_their_order_and_a_closed_one_not(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    body = {"code": "berlin", "name": "Berlin", "priority": 5}
    berlin = call("inventory/admin/create_location", "POST", f"{ADMIN}/locations", body=body, token=staff_token)
    assert berlin.status == 201
    adjust(staff_token, small, delta=1)
    adjust(staff_token, small, delta=2, locationId=berlin.data["id"])

    assert reserve({small: 2}, "session-1").status == 201
    lines = database.execute(
        text("SELECT l.code, quantity FROM reservation_lines r JOIN locations l ON l.id = location_id")
    ).all()
    assert sorted(lines) == [("berlin", 1), ("main", 1)]
    path = f"{ADMIN}/locations/{berlin.data['id']}"
    closed = call(
        "inventory/admin/update_location", "PATCH", path, body={"version": 1, "isActive": False}, token=staff_token
    )
    assert (closed.data["isActive"], closed.data["version"]) == (False, 2)
    assert reserve({small: 1}, "session-2").status == 409
    late = call("inventory/admin/update_location", "PATCH", path, body={"version": 1, "name": "x"}, token=staff_token)
    assert late.error["code"] == "VERSION_CONFLICT"
    listed_ = call("inventory/admin/list_locations", "GET", f"{ADMIN}/locations", token=staff_token)
    assert [place["code"] for place in listed_.data] == ["main", "berlin"]
    again = call("inventory/admin/create_location", "POST", f"{ADMIN}/locations", body=body, token=staff_token)
    assert (again.status, again.error["message"]) == (409, "Another location has this code. Choose another code.")
    nowhere = f"{ADMIN}/locations/{NOWHERE}"
    assert (
        call("inventory/admin/update_location", "PATCH", nowhere, body={"version": 1}, token=staff_token).status == 404
    )


def test_what_nobody_counts_or_may_be_made_later_never_runs_out(database: Any, staff_token: str) -> None:
    (uncounted,) = variants(staff_token, "GIFT", ("one",), trackInventory=False)
    (later,) = variants(staff_token, "MADE", ("one",), allowBackorder=True)
    adjust(staff_token, later, delta=1)

    assert reserve({uncounted: 50, later: 3}).status == 201
    assert stock(staff_token) == {"GIFT-one": (0, 0, 0), "MADE-one": (1, 1, 0)}


@pytest.mark.parametrize("items", [[], [(NOWHERE, 1)], [("x", 1)]])
def test_a_demand_that_makes_no_sense_is_refused(database: Any, items: list[tuple[str, int]]) -> None:
    assert reserve(items).status == 422


@pytest.mark.parametrize("quantity", [0, -1, 1_000_000])
def test_a_quantity_that_makes_no_sense_is_refused(database: Any, staff_token: str, quantity: int) -> None:
    (small, _) = variants(staff_token)

    assert reserve({small: quantity}).status == 422


def test_a_draft_is_not_sold(database: Any, staff_token: str) -> None:
    from tests.catalog.shop import create

    product = create(staff_token, "DRAFT", "Draft")
    path = f"/api/v1/catalog/admin/products/{product['id']}/variants"
    (variant,) = call("catalog/admin/list_variants", "GET", path, token=staff_token).data
    adjust(staff_token, variant["id"], delta=1)

    assert reserve({variant["id"]: 1}).error["message"] == "The request names a variant that is not sold."


def test_shoppers_see_stock_turn_and_kept_answers_are_dropped_only_then(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    drain(database)
    assert listed()["data"][0]["inStock"] is False

    adjust(staff_token, small, delta=2)
    drain(database)
    assert listed()["data"][0]["inStock"] is True
    reserve({small: 1}, "session-1")
    drain(database)
    assert len(recorded(database, "product.stock_status_changed")) == 1
    reserve({small: 1}, "session-2")
    drain(database)

    assert listed()["data"][0]["inStock"] is False
    assert page_of("tee-shirt").data["variants"][0]["stock"] == "out"
    assert len(recorded(database, "product.stock_status_changed")) == 2


def test_an_older_word_about_stock_changes_nothing(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=2)
    adjust(staff_token, small, delta=3)
    older, newer = (event.detail for event in recorded(database, "stock.changed"))

    assert run("catalog/jobs/show_stock", newer, older, newer) == []

    shown = text("SELECT available FROM product_variants WHERE id = :id")
    assert database.scalar(shown, {"id": small}) == 5


def test_stock_that_falls_to_its_alert_level_is_told_once(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=20)
    adjust(staff_token, small, delta=-14)
    assert recorded(database, "stock.low") == []

    adjust(staff_token, small, delta=-1)
    adjust(staff_token, small, delta=-1)

    (told,) = recorded(database, "stock.low")
    assert told.detail["data"] == {"variantIds": [small]}
    low = call("inventory/admin/list_low_stock", "GET", f"{ADMIN}/low-stock", token=staff_token)
    assert [(row["sku"], row["available"], row["lowStockAlert"]) for row in low.data] == [("TEE-S", 4, 5)]


def test_an_import_counts_stock_once_beside_what_is_reserved(database: Any, staff_token: str) -> None:
    file = "product_sku,name,base_price,sku,available\nCAP,Cap,9,CAP-1,7\n"
    import_csv(database, staff_token, file)
    assert stock(staff_token)["CAP-1"] == (7, 0, 7)
    imported = recorded(database, "products.imported")[0].detail
    assert run("inventory/jobs/count_imported_stock", imported, imported) == []
    assert stock(staff_token)["CAP-1"] == (7, 0, 7)

    variant = database.scalar(text("SELECT id FROM product_variants WHERE sku = 'CAP-1'"))
    reserve({str(variant): 2})
    drain(database)
    import_csv(database, staff_token, file.replace(",7\n", ",10\n"))

    assert stock(staff_token)["CAP-1"] == (12, 2, 10)


def test_an_import_that_counts_nothing_new_moves_nothing(database: Any, staff_token: str) -> None:
    file = "product_sku,name,base_price,sku,available\nCAP,Cap,9,CAP-1,7\n"
    import_csv(database, staff_token, file)
    import_csv(database, staff_token, file.replace("Cap,9", "Hat,9"))

    assert len(recorded(database, "stock.changed")) == 1


def test_the_doctor_finds_what_drifted(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=5)
    database.execute(text("UPDATE stock_levels SET on_hand = 6"))

    report = function("operations/schedules/doctor").handler({}, context("Doctor"))

    (drift,) = report["drift"]
    assert (drift["variantId"], drift["onHand"], drift["countedOnHand"]) == (small, 6, 5)
    database.execute(text("UPDATE stock_levels SET on_hand = 5"))


def test_a_reservation_takes_a_fixed_number_of_statements(
    database: Any, staff_token: str, statements: list[str]
) -> None:
    many = variants(staff_token, "MANY", tuple(str(number) for number in range(30)))
    for variant in many:
        adjust(staff_token, variant, delta=1)

    def count(items: dict[str, int], session: str) -> int:
        statements.clear()
        assert reserve(items, session).status == 201
        return len(statements)

    assert count({many[0]: 1}, "session-1") == count(dict.fromkeys(many[1:], 1), "session-2") == 6
