"""Stock that runs low: told when it falls, heard by staff once per fall, and forgotten when there is enough again."""

from typing import Any

import pytest
from sqlalchemy import text

from ravo.inventory.alerts.service import NOTICE, Low
from ravo.platform.mail.rendering import render
from ravo.platform.settings import forget_settings
from tests.catalog.importing import import_csv
from tests.gateway import call
from tests.grants import denials
from tests.inventory.stock import ADMIN, adjust, release, reserve, stock, variants
from tests.jobs import drain, recorded, run, scheduled
from tests.mails import Mailbox

JOB = "inventory/jobs/alert_low_stock"


pytestmark = pytest.mark.usefixtures("no_drift")


def told(database: Any) -> list[list[str]]:
    return [event.detail["data"]["variantIds"] for event in recorded(database, "stock.low")]


def alerts(database: Any) -> list[tuple[str, bool]]:
    """Each alert's variant, and whether it is open."""
    rows = database.execute(text("SELECT variant_id, resolved_at IS NULL FROM stock_alerts ORDER BY id"))
    return [(str(row[0]), row[1]) for row in rows]


def low(token: str) -> list[tuple[str, int, bool]]:
    reply = call("inventory/admin/list_low_stock", "GET", f"{ADMIN}/low-stock", token=token)
    return [(row["sku"], row["available"], bool(row["alertedSince"])) for row in reply.data]


def test_a_reservation_tells_once_of_all_that_fell_and_takes_no_more_statements(
    database: Any, staff_token: str, statements: list[str]
) -> None:
    small, medium, large = variants(staff_token, sizes=("S", "M", "L"))
    for variant, pieces in ((small, 6), (medium, 7), (large, 9)):
        adjust(staff_token, variant, delta=pieces)
    statements.clear()

    assert reserve({small: 1, medium: 2, large: 3}).status == 201

    assert len(statements) == 6
    assert told(database) == [sorted([small, medium])]


def test_what_was_low_already_or_is_not_counted_is_not_told(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    (uncounted,) = variants(staff_token, "GIFT", ("one",), trackInventory=False)
    adjust(staff_token, small, delta=5)
    adjust(staff_token, uncounted, delta=6)
    adjust(staff_token, uncounted, delta=-1)
    reserve({small: 1, uncounted: 1})

    assert told(database) == []


def test_a_session_that_reserves_the_same_again_is_no_fall(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=6)
    for quantity in (1, 1, 2):
        reserve({small: quantity}, "session-1")

    assert told(database) == [[small]]


def test_after_a_reservation_expired_the_same_session_s_next_is_a_fall_again(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=6)
    reserve({small: 1}, "session-1")
    database.execute(text("UPDATE reservations SET expires_at = now() - interval '1 second'"))
    reserve({small: 1}, "session-1")

    assert told(database) == [[small], [small]]


def test_an_import_that_counts_less_tells_it(database: Any, staff_token: str) -> None:
    file = "product_sku,name,base_price,sku,available\nCAP,Cap,9,CAP-1,7\n"
    import_csv(database, staff_token, file)
    assert told(database) == []

    import_csv(database, staff_token, file.replace(",7\n", ",3\n"))

    assert len(told(database)) == 1


def test_staff_hear_once_of_all_that_fell(database: Any, staff_token: str, box: Mailbox) -> None:
    small, medium = variants(staff_token)
    adjust(staff_token, small, delta=6)
    adjust(staff_token, medium, delta=6)
    reserve({small: 1, medium: 4})
    (event,) = recorded(database, "stock.low")
    assert [row[2] for row in low(staff_token)] == [False, False]

    assert run(JOB, event.detail, event.detail) == []
    assert run(JOB, event.detail) == []

    (notice,) = box.take()
    assert (notice.to, notice.subject) == ("staff@ravo.example", "2 variants run low")
    assert notice.text == (
        "Stock fell to its alert level:\n\n"
        "- TEE shirt, TEE-M: 2 available, alert level 5\n"
        "- TEE shirt, TEE-S: 5 available, alert level 5\n\n"
        "You hear of each again when it was above its level in between.\n\n"
        "-- \nRavo\nhttp://localhost:8000\n"
    )
    for words in ('<html lang="en"', "<h1", ">Available</th>", ">TEE-M</td>", ">2</td>"):
        assert words in notice.html
    assert sorted(alerts(database)) == sorted([(small, True), (medium, True)])
    assert low(staff_token) == [("TEE-M", 2, True), ("TEE-S", 5, True)]


def test_a_variant_that_falls_further_is_not_told_again(database: Any, staff_token: str, box: Mailbox) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=6)
    adjust(staff_token, small, delta=-1)
    drain(database)
    # Above in between, but before anybody heard of it.
    adjust(staff_token, small, delta=1)
    adjust(staff_token, small, delta=-2)
    drain(database)

    assert len(told(database)) == 2
    assert [mail.subject for mail in box.take()] == ["TEE shirt (TEE-S) runs low"]
    assert alerts(database) == [(small, True)]


def test_an_alert_closes_when_there_is_enough_again_and_the_next_fall_is_heard(
    database: Any, staff_token: str, box: Mailbox
) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=6)
    held = reserve({small: 1}).data["id"]
    drain(database)
    assert alerts(database) == [(small, True)]

    release(held)
    drain(database)
    assert alerts(database) == [(small, False)]
    assert low(staff_token) == []
    reserve({small: 3})
    drain(database)

    assert alerts(database) == [(small, False), (small, True)]
    assert len(box.take()) == 2


def test_an_older_word_closes_nothing(database: Any, staff_token: str) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=9)
    adjust(staff_token, small, delta=-5)
    drain(database)
    plenty = recorded(database, "stock.changed")[0]

    assert run(JOB, plenty.detail) == []

    assert alerts(database) == [(small, True)]


def test_what_recovered_before_anyone_looked_is_no_alert(database: Any, staff_token: str, box: Mailbox) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=9)
    adjust(staff_token, small, delta=-5)
    adjust(staff_token, small, delta=5)
    drain(database)

    assert len(told(database)) == 1
    assert (alerts(database), box.take()) == ([], [])


def test_with_nobody_to_tell_there_are_alerts_alone(
    database: Any, staff_token: str, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=6)
    adjust(staff_token, small, delta=-1)
    monkeypatch.setenv("STAFF_MAIL", "")
    forget_settings()
    drain(database)
    monkeypatch.undo()
    forget_settings()

    assert (alerts(database), box.take()) == ([(small, True)], [])


def test_a_notice_that_could_not_be_sent_is_written_again_by_the_next_try(
    database: Any, staff_token: str, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=6)
    adjust(staff_token, small, delta=-1)
    (event,) = recorded(database, "stock.low")
    monkeypatch.setenv("MAIL_FROM", "shop@unverified.example")
    forget_settings()
    with denials():
        assert run(JOB, event.detail) == ["0"]
    monkeypatch.undo()
    forget_settings()
    assert (alerts(database), box.take()) == ([(small, True)], [])

    assert run(JOB, event.detail, tries=2) == []

    assert [mail.subject for mail in box.take()] == ["TEE shirt (TEE-S) runs low"]
    assert alerts(database) == [(small, True)]


def test_the_notice_in_german() -> None:
    notice = render(NOTICE, "de-AT", {"variants": [Low("Läufer & Söhne", "TEE-S", 5, 5), Low("Hose", "H-1", 0, 3)]})

    assert notice.subject == "2 Varianten werden knapp"
    assert notice.text == (
        "Der Bestand ist auf die Meldegrenze gefallen:\n\n"
        "- Läufer & Söhne, TEE-S: 5 verfügbar, Meldegrenze 5\n"
        "- Hose, H-1: 0 verfügbar, Meldegrenze 3\n\n"
        "Eine Variante wird erst wieder gemeldet, wenn sie zwischendurch über ihrer Grenze lag.\n\n"
        "-- \nRavo\nhttp://localhost:8000"
    )
    for words in ('<html lang="de"', ">Artikelnummer</th>", ">Läufer &amp; Söhne</td>", ">0</td>"):
        assert words in notice.html
    assert render(NOTICE, "de", {"variants": [Low("Hose", "H-1", 0, 3)]}).subject == "Hose (H-1) wird knapp"


def test_a_change_that_concerns_no_alert_costs_one_statement(
    database: Any, staff_token: str, statements: list[str]
) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=9)
    (event,) = recorded(database, "stock.changed")
    statements.clear()

    run(JOB, event.detail)

    assert len(statements) == 1


def test_reservations_that_ended_long_ago_are_deleted_and_no_others(
    database: Any, staff_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ravo.inventory.reservations import service as reservations

    monkeypatch.setattr(reservations, "DELETED_AT_ONCE", 2)
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=9)
    held = [reserve({small: 1}, f"session-{number}").data["id"] for number in range(7)]
    for each in held[:6]:
        release(each)
    ages = text("UPDATE reservations SET updated_at = now() - make_interval(days => :days) WHERE id = ANY(:ids)")
    database.execute(ages, {"days": 31, "ids": [*held[:5], held[6]]})
    database.execute(ages, {"days": 29, "ids": [held[5]]})

    scheduled("inventory/schedules/release_reservations", force=True)

    left = database.execute(text("SELECT id, status FROM reservations")).all()
    assert {(str(row[0]), row[1]) for row in left} == {(held[5], "released"), (held[6], "active")}
    assert database.scalar(text("SELECT count(*) FROM reservation_lines")) == 2
    assert stock(staff_token)["TEE-S"] == (9, 1, 8)
