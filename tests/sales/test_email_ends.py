"""What customers are told when an order is cancelled or money goes back: why, and how much."""

from typing import Any

import pytest

from tests.jobs import drain, run
from tests.mails import Mailbox
from tests.sales.emails import JOB, happened, place, plain, take_one, words_of
from tests.sales.orders import move, pay, refund, report

EUR = {"currency": "EUR"}
CANCELLATIONS = {
    ("en", "customer"): ("Your order {} is cancelled", "As you asked, we have cancelled your order."),
    ("en", "staff"): ("Your order {} is cancelled", "We had to cancel your order, and we are sorry."),
    ("en", "expired"): (
        "Your order {} was not paid in time",
        "Your payment did not arrive in time, so we have cancelled your order and no longer hold its items.",
    ),
    ("en", "sold_out"): (
        "The items of your order {} are sold out",
        "Your payment arrived after the time to pay was over, and your items were sold out by then. We had to cancel"
        " your order, and we are sorry.\nWhat you paid goes back to you, the way it came.",
    ),
    ("de", "customer"): ("Deine Bestellung {} ist storniert", "wie gewünscht haben wir deine Bestellung storniert."),
    ("de", "staff"): (
        "Deine Bestellung {} ist storniert",
        "wir mussten deine Bestellung stornieren. Das tut uns leid.",
    ),
    ("de", "expired"): (
        "Deine Bestellung {} wurde nicht rechtzeitig bezahlt",
        "deine Zahlung kam nicht rechtzeitig an. Darum haben wir deine Bestellung storniert und halten die Artikel nicht"
        " länger zurück.",
    ),
    ("de", "sold_out"): (
        "Die Artikel deiner Bestellung {} sind ausverkauft",
        "deine Zahlung kam an, als die Zeit dafür vorbei war, und deine Artikel waren schon ausverkauft. Darum mussten wir"
        " deine Bestellung stornieren. Das tut uns leid.\nWas du gezahlt hast, bekommst du auf demselben Weg zurück.",
    ),
}


def paid(database: Any, hoodie: str, box: Mailbox) -> Any:
    """An order that was placed and paid, with its mails out of the way."""
    placed = place(database, hoodie)
    pay(placed)
    report(placed)
    drain(database)
    box.take()
    return placed


@pytest.mark.parametrize("locale", ["en", "de"])
def test_a_cancelled_order_says_why(database: Any, hoodie: str, box: Mailbox, locale: str) -> None:
    placed = place(database, hoodie, locale=locale)

    for reason in ("customer", "staff", "expired", "sold_out"):
        assert run(JOB, happened(placed, "order.cancelled", reason=reason)) == []
        mail = take_one(box)
        subject, words = CANCELLATIONS[locale, reason]
        assert (mail.subject, words_of(mail)) == (subject.format(placed["orderNumber"]), words)
        assert " ".join(words.split()) in " ".join(plain(mail.html))


def test_a_paid_order_that_is_cancelled_promises_the_money_back(
    database: Any, staff_token: str, hoodie: str, box: Mailbox
) -> None:
    placed = paid(database, hoodie, box)

    assert move(placed["orderId"], "cancelled", staff_token).status == 200
    drain(database)

    cancelled, refunded = box.take()
    assert words_of(cancelled) == (
        "We had to cancel your order, and we are sorry.\nWhat you paid goes back to you, the way it came."
    )
    assert refunded.subject == f"€104.90 for your order {placed['orderNumber']} goes back to you"


def test_a_refund_says_how_much_and_whether_that_was_all(
    database: Any, staff_token: str, hoodie: str, box: Mailbox
) -> None:
    placed = paid(database, hoodie, box)

    for body in ({"amount": {"amount": "30.00", **EUR}}, {}):
        assert refund(placed["orderId"], staff_token, **body).status == 202
        drain(database)

    part, rest = box.take()
    assert [mail.subject for mail in (part, rest)] == [
        f"{amount} for your order {placed['orderNumber']} goes back to you" for amount in ("€30.00", "€74.90")
    ]
    assert words_of(part) == (
        "We have sent €30.00 back to you, the way you paid.\nThat is a part of what you paid for this order.\n"
        "On a card it may take a few days until you see it."
    )
    assert words_of(rest) == (
        "We have sent €74.90 back to you, the way you paid.\n"
        "With that, everything that you paid for this order has gone back.\n"
        "On a card it may take a few days until you see it."
    )


def test_a_refund_in_german(database: Any, hoodie: str, box: Mailbox) -> None:
    placed = place(database, hoodie, locale="de")
    said: list[str] = []
    for amount, is_whole in (("30.00", False), ("1074.90", True)):
        event = happened(placed, "order.refunded", currency="EUR", amount=amount, isWhole=is_whole)
        assert run(JOB, event) == []
        mail = take_one(box)
        said += [mail.subject, words_of(mail).replace("\u00a0", " ")]

    assert said == [
        f"30,00 € für deine Bestellung {placed['orderNumber']} gehen zurück an dich",
        "wir haben dir 30,00 € zurückgezahlt, auf demselben Weg, auf dem du bezahlt hast.\n"
        "Das ist ein Teil dessen, was du für diese Bestellung gezahlt hast.\n"
        "Bei einer Karte kann es einige Tage dauern, bis du es siehst.",
        f"1.074,90 € für deine Bestellung {placed['orderNumber']} gehen zurück an dich",
        "wir haben dir 1.074,90 € zurückgezahlt, auf demselben Weg, auf dem du bezahlt hast.\n"
        "Damit hast du alles zurück, was du für diese Bestellung gezahlt hast.\n"
        "Bei einer Karte kann es einige Tage dauern, bis du es siehst.",
    ]
