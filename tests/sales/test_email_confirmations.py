"""The mail that confirms an order: complete in words, in the customer's language, and with nobody's HTML but ours."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from ravo.platform.ids import uuid7
from tests.gateway import call
from tests.jobs import drain, recorded, run
from tests.mails import Mailbox
from tests.sales.carts import ADDRESS, SALES, enter
from tests.sales.emails import JOB, place, plain, take_one, tell, words_of
from tests.sales.orders import checkout, pay, ready_cart, report
from tests.sales.terms import gift_card, promotion, shipping, tax


def set_time_to_pay(database: Any) -> None:
    database.execute(text("UPDATE orders SET expires_at = '2026-11-25T14:30:00Z'"))


CONFIRMATIONS = {
    "en": """\
Hello Ada,

We have your order.
Please pay by 25 November 2026, 14:30 UTC; until then we hold your items for you.

- 2 \u00d7 Läufer & Hoodie (M, black): €100.00

Items: €100.00
Discount: \u2212€10.00
Shipping (Standard): €4.90
Total: €94.90
Tax included: €15.15

Delivery address:
Ada Berg
Hauptstraße 1
10827 Berlin
DE

View your order:
http://localhost:8000/orders/track?orderNumber=NUMBER

-- \nRavo\nhttp://localhost:8000
""",
    "de": """\
Hallo Ada,

deine Bestellung ist bei uns angekommen.
Bitte bezahle bis 25. November 2026, 14:30 Uhr (UTC); so lange halten wir deine Artikel für dich zurück.

- 2 \u00d7 Läufer & Hoodie (M, black): 100,00 €

Waren: 100,00 €
Rabatt: \u221210,00 €
Versand (Standard): 4,90 €
Gesamtsumme: 94,90 €
Darin Mehrwertsteuer: 15,15 €

Lieferadresse:
Ada Berg
Hauptstraße 1
10827 Berlin
DE

Bestellung ansehen:
http://localhost:8000/orders/track?orderNumber=NUMBER

-- \nRavo\nhttp://localhost:8000
""",
}


@pytest.mark.parametrize(
    ("locale", "language", "subject"),
    [
        ("en", "en", "Thank you for your order {}"),
        ("fr", "en", "Thank you for your order {}"),
        ("de", "de", "Danke für deine Bestellung {}"),
    ],
)
def test_a_placed_order_is_confirmed_with_all_that_was_bought(
    database: Any, hoodie: str, box: Mailbox, locale: str, language: str, subject: str
) -> None:
    tax(database)
    promotion(database, "percent", "10")
    placed = place(database, hoodie, locale=locale)
    set_time_to_pay(database)
    tell(database)

    mail = take_one(box)
    assert mail.to == "ada@example.com"
    assert mail.subject == subject.format(placed["orderNumber"])
    expected = CONFIRMATIONS[language].replace("NUMBER", placed["orderNumber"])
    assert mail.text.replace("\u00a0", " ") == expected
    seen = plain(mail.html)
    assert mail.html.startswith("<!doctype html>") and f'<html lang="{language}"' in mail.html
    assert seen[:2] == [mail.subject, mail.text.partition("\n")[0]]
    assert "Läufer &amp; Hoodie" in seen and "M, black" in seen
    for row in ("€94.90", "\u2212€10.00", "€15.15") if language == "en" else ("94,90 €", "\u221210,00 €", "15,15 €"):
        assert row in seen
    assert f'href="http://localhost:8000/orders/track?orderNumber={placed["orderNumber"]}"' in mail.html
    assert "<img" not in mail.html and "ada@example.com" not in mail.html + mail.text


def test_an_order_that_gift_cards_paid_gets_one_mail_that_says_so(
    database: Any, staff_token: str, hoodie: str, box: Mailbox
) -> None:
    gift_card(database, "200.00")
    cart = ready_cart(database, (hoodie, 2))
    assert enter(cart, "GIFT-GIFT-GIFT-GIFT").status == 200
    assert checkout(cart).data["status"] == "payment_confirmed"
    drain(database)

    mail = take_one(box)
    assert [event.type for event in recorded(database) if event.type.startswith("order.")] == [
        "order.placed", "order.paid",
    ]  # fmt: skip
    assert "We have your order.\nNothing is left to pay, so we start on it now.\n\n" in mail.text
    assert "Total: €104.90\nGift cards: \u2212€104.90\nLeft to pay: €0.00\n" in mail.text


def test_a_late_confirmation_does_not_ask_for_what_has_come(database: Any, hoodie: str, box: Mailbox) -> None:
    placed = place(database, hoodie)
    pay(placed)
    report(placed)
    drain(database)

    confirmation, paid = box.take()
    assert "Please pay by" in confirmation.text
    (event,) = recorded(database, "order.placed")
    assert run(JOB, event.detail | {"id": str(uuid7())}) == []
    assert "We have your order.\n\n- 2 \u00d7" in take_one(box).text
    assert words_of(paid).startswith("Your payment has arrived.")


def test_tax_that_comes_on_top_is_told_as_such(database: Any, hoodie: str, box: Mailbox) -> None:
    tax(database, "US", "0.10", included=False)
    promotion(database, "percent", "10")
    shipping(database, "US", "DE")
    place(database, hoodie, country="US", region="CA", city="Oakland", postalCode="94601", line2="Apt\r\n4")
    tell(database)

    mail = take_one(box)
    # 90.00 and 4.90, a tenth of both on top.
    sums = "Items: €100.00\nDiscount: \u2212€10.00\nShipping (Standard): €4.90\nTax: €9.49\nTotal: €104.39\n\n"
    assert sums in mail.text
    assert "Ada Berg\nHauptstraße 1\nApt 4\nOakland, CA 94601\nUS\n" in mail.text


def test_who_pays_for_another_is_greeted_and_both_addresses_are_there(database: Any, hoodie: str, box: Mailbox) -> None:
    cart = ready_cart(database, (hoodie, 1))
    body = {"shippingAddress": ADDRESS, "billingAddress": ADDRESS | {"firstName": "Zoë", "company": "Berg & Co"}}
    path = f"{SALES}/carts/{cart['id']}/address"
    assert call("sales/store/set_cart_address", "PUT", path, body=body).status == 200
    assert checkout(cart).status == 201
    tell(database)

    mail = take_one(box)
    assert mail.text.startswith("Hello Zoë,\n")
    assert "Delivery address:\nAda Berg\nHauptstraße 1\n10827 Berlin\nDE\n\n" in mail.text
    assert "Billing address:\nZoë Berg\nBerg & Co\nHauptstraße 1\n10827 Berlin\nDE\n\n" in mail.text
    seen = plain(mail.html)
    assert seen[seen.index("Billing address") + 1 :][:2] == ["Zoë Berg", "Berg &amp; Co"]


def test_nobody_writes_html_or_lines_of_their_own_into_a_mail(database: Any, hoodie: str, box: Mailbox) -> None:
    evil = "<script>alert(1)</script>\r\nBcc: eve@example.com\n\nYou won"
    database.execute(text("UPDATE shipping_rates SET name = 'Fast\n<b>'"))
    place(database, hoodie, firstName=evil, line1='"><img src=x onerror=y>', city="Ber\nlin")
    database.execute(text("UPDATE order_items SET name = '<i>\nHoodie'"))
    tell(database)

    mail = take_one(box)
    assert mail.text.startswith("Hello <script>alert(1)</script> Bcc: eve@example.com You won,\n\nWe have")
    assert "\n10827 Ber lin\n" in mail.text and "- 2 \u00d7 <i> Hoodie (M, black)" in mail.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Bcc: eve@example.com You won" in mail.html
    assert not any(tag in mail.html for tag in ("<script", "<img", "<i>", "<b>"))
    assert "bcc" not in mail.headers


def test_sums_of_goods_of_both_kinds_of_tax_add_up() -> None:
    from types import SimpleNamespace

    from ravo.sales.emails.replies import sums_of
    from ravo.sales.orders.queries import OrderRow

    def item(price: str, net: str, tax: str, total: str) -> Any:
        values = {"unit_price": price, "net_amount": net, "tax_amount": tax, "total_price": total}
        return SimpleNamespace(quantity=1, **{name: Decimal(value) for name, value in values.items()})

    sums = {"total_amount": "233.90", "tax_amount": "29.75", "gift_card_amount": "33.90"}
    nothing: Any = dict.fromkeys(OrderRow._fields)
    order = OrderRow(**nothing | {name: Decimal(value) for name, value in sums.items()})
    # 119.00 with 19.00 of tax in it; 100.00 with 10.00 on top; 4.90 of shipping with 0.75 in it.
    found = sums_of(order, [item("119", "100", "19", "119"), item("100", "100", "10", "110")])

    assert found._asdict() == {
        "goods": Decimal(219),
        "discount": Decimal(0),
        "shipping": Decimal("4.90"),
        "tax": Decimal(10),
        "total": Decimal("233.90"),
        "tax_included": Decimal("19.75"),
        "gift_cards": Decimal("33.90"),
        "due": Decimal(200),
    }
