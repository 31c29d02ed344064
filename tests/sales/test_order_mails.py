"""What customers are told of their orders: each step once, in their language, complete in words, and with nobody's HTML but ours."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from local.mail import Mail
from ravo.platform.ids import uuid7
from ravo.platform.mail import rendering
from ravo.platform.settings import forget_settings
from ravo.sales.events import OrderChanged
from ravo.sales.notices.letters import carrier_name
from tests.catalog.shop import NOWHERE, sell
from tests.gateway import call
from tests.grants import denials
from tests.inventory.stock import adjust
from tests.jobs import consumers, drain, recorded, run
from tests.mails import Mailbox, mailbox
from tests.sales.carts import ADDRESS, SALES, enter, send_to
from tests.sales.orders import checkout, move, pay, ready_cart, refund, report
from tests.sales.terms import gift_card, promotion, shipping, tax

JOB = "sales/jobs/mail_order"
EUR = {"currency": "EUR"}
# What a text says between its greeting and its link.
WORDS = re.compile(r"\A(?:Hello|Hallo) Ada,\n\n(.*)\n\n(?:View your order|Bestellung ansehen):\n", re.DOTALL)


@pytest.fixture
def box(database: Any) -> Mailbox:
    return mailbox()


@pytest.fixture
def unverified(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A sender that SES does not know, until undone."""
    monkeypatch.setenv("MAIL_FROM", "shop@unverified.example")
    forget_settings()
    with denials():
        yield monkeypatch
    monkeypatch.undo()
    forget_settings()


@pytest.fixture
def hoodie(database: Any, staff_token: str) -> str:
    """A black hoodie in M for 50.00."""
    variants = [{"sku": "HOOD-M", "size": "M", "color": "black"}]
    product = sell(staff_token, "HOOD", "Läufer & Hoodie", variants=variants)
    path = f"/api/v1/catalog/admin/products/{product['id']}/variants"
    (variant,) = call("catalog/admin/list_variants", "GET", path, token=staff_token).data
    assert adjust(staff_token, variant["id"], delta=9).status == 201
    return variant["id"]


def place(database: Any, variant: str, quantity: int = 2, locale: str = "en", **address: str) -> Any:
    """Order some pieces, to be paid."""
    cart = ready_cart(database, (variant, quantity), locale=locale)
    if address:
        assert send_to(cart, **address).status == 200
    reply = checkout(cart)
    assert reply.status == 201, reply.body
    return reply.data


def tell(database: Any, kind: str = "order.") -> None:
    """Deliver what happened to orders to the job alone."""
    for event in recorded(database):
        if event.type.startswith(kind):
            assert run(JOB, event.detail) == []


def happened(placed: Any, kind: str, **data: Any) -> dict[str, Any]:
    """An event of an order, as the job gets it."""
    return {
        "id": str(uuid7()),
        "type": kind,
        "version": 9,
        "occurredAt": "2026-11-25T14:00:00Z",
        "aggregateId": placed["orderId"],
        "data": {"orderNumber": placed["orderNumber"]} | data,
    }


def take_one(box: Mailbox) -> Mail:
    (mail,) = box.take()
    return mail


def words_of(mail: Mail) -> str:
    """What a mail about a step says."""
    said = WORDS.search(mail.text)
    assert said, mail.text
    return said[1]


def plain(html: str) -> list[str]:
    """What a reader sees of a page, piece by piece."""
    body = html.partition("<body")[2].partition(">")[2]
    return [piece for each in re.split(r"<[^>]+>", body) if (piece := " ".join(each.split()))]


def set_time_to_pay(database: Any) -> None:
    database.execute(text("UPDATE orders SET expires_at = '2026-11-25T14:30:00Z'"))


CONFIRMATIONS = {
    "en": """\
Hello Ada,

We have your order.
Please pay by 25 November 2026, 14:30 UTC; until then we hold your pieces for you.

- 2 \u00d7 Läufer & Hoodie (M, black): €100.00

Goods: €100.00
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
Bitte bezahle bis 25. November 2026, 14:30 Uhr (UTC); so lange halten wir deine Stücke für dich zurück.

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


WAY = ["processing", "packed", "shipped", "out_for_delivery", "delivered"]
STEPS = {
    "en": [
        ("Your payment for order {} has arrived", "Your payment has arrived. We start on your order now."),
        ("We are preparing your order {}", "We are picking your pieces."),
        ("Your order {} is packed", "Your parcel is packed and waits for the carrier."),
        (
            "Your order {} is on its way",
            "Your parcel is on its way with DHL Express.\nTracking number: JD0146\nExpected by 28 November 2026",
        ),
        ("Your order {} arrives today", "Your parcel is out for delivery and arrives today."),
        ("Your order {} has arrived", "Your parcel has arrived. Thank you for your order, and enjoy it!"),
    ],
    "de": [
        (
            "Deine Zahlung für die Bestellung {} ist da",
            "deine Zahlung ist da. Wir kümmern uns jetzt um deine Bestellung.",
        ),
        ("Wir bereiten deine Bestellung {} vor", "wir stellen deine Stücke zusammen."),
        ("Deine Bestellung {} ist verpackt", "dein Paket ist gepackt und wartet auf die Abholung."),
        (
            "Deine Bestellung {} ist unterwegs",
            "dein Paket ist mit DHL Express unterwegs.\nSendungsnummer: JD0146\nVoraussichtlich da bis 28. November 2026",
        ),
        ("Deine Bestellung {} kommt heute an", "dein Paket ist in der Zustellung und kommt heute an."),
        (
            "Deine Bestellung {} ist angekommen",
            "dein Paket ist angekommen. Danke für deine Bestellung, und viel Freude damit!",
        ),
    ],
}


@pytest.mark.parametrize("locale", ["en", "de"])
def test_each_step_is_told_once_and_in_the_customers_language(
    database: Any, staff_token: str, hoodie: str, box: Mailbox, locale: str
) -> None:
    placed = place(database, hoodie, locale=locale)
    pay(placed)
    report(placed)
    drain(database)
    for status in WAY:
        parcel = {"trackingNumber": "JD0146", "carrier": "dhl_express", "estimatedDelivery": "2026-11-28T12:00:00Z"}
        assert move(placed["orderId"], status, staff_token, **(parcel if status == "shipped" else {})).status == 200
    # Those that were told before come a second time here, and are not told again.
    drain(database)

    _, *steps = box.take()
    number = placed["orderNumber"]
    assert [(mail.subject, words_of(mail)) for mail in steps] == [
        (subject.format(number), words) for subject, words in STEPS[locale]
    ]
    for mail in steps:
        assert {mail.to, mail.headers["content-language"]} == {"ada@example.com", locale}
        assert plain(mail.html)[0] == mail.subject
        assert " ".join(words_of(mail).split()) in " ".join(plain(mail.html))
        link = f"http://localhost:8000/orders/track?orderNumber={number}"
        assert f'href="{link}"' in mail.html and f":\n{link}\n" in mail.text


def test_a_parcel_without_a_carrier_is_on_its_way_all_the_same(database: Any, hoodie: str, box: Mailbox) -> None:
    for locale, said in (("en", "Your parcel is on its way."), ("de", "dein Paket ist unterwegs.")):
        placed = place(database, hoodie, 1, locale)
        database.execute(text("UPDATE orders SET estimated_delivery = NULL"))
        assert run(JOB, happened(placed, "order.shipped")) == []
        assert words_of(take_one(box)) == said


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("dhl_express", "DHL Express"),
        ("UPS", "UPS"),
        ("fedex", "FedEx"),
        ("österreichische_post", "Österreichische Post"),
    ],
)
def test_a_carrier_is_called_what_people_call_it(code: str, name: str) -> None:
    assert carrier_name(code) == name


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
    sums = "Goods: €100.00\nDiscount: \u2212€10.00\nShipping (Standard): €4.90\nTax: €9.49\nTotal: €104.39\n\n"
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


CANCELLATIONS = {
    ("en", "customer"): ("Your order {} is cancelled", "As you asked, we have cancelled your order."),
    ("en", "staff"): ("Your order {} is cancelled", "We had to cancel your order, and we are sorry."),
    ("en", "expired"): (
        "Your order {} was not paid in time",
        "Your payment did not arrive in time, so we have cancelled your order and hold its pieces no longer.",
    ),
    ("en", "sold_out"): (
        "The pieces of your order {} are sold out",
        "Your payment arrived when the time to pay was over, and by then your pieces were sold out. So we had to cancel"
        " your order, and we are sorry.\nWhat you paid goes back to you, the way it came.",
    ),
    ("de", "customer"): ("Deine Bestellung {} ist storniert", "wie gewünscht haben wir deine Bestellung storniert."),
    ("de", "staff"): (
        "Deine Bestellung {} ist storniert",
        "wir mussten deine Bestellung stornieren. Das tut uns leid.",
    ),
    ("de", "expired"): (
        "Deine Bestellung {} wurde nicht rechtzeitig bezahlt",
        "deine Zahlung kam nicht rechtzeitig an. Darum haben wir deine Bestellung storniert und halten die Stücke nicht"
        " länger zurück.",
    ),
    ("de", "sold_out"): (
        "Die Stücke deiner Bestellung {} sind ausverkauft",
        "deine Zahlung kam an, als die Zeit dafür vorbei war, und deine Stücke waren schon ausverkauft. Darum mussten wir"
        " deine Bestellung stornieren. Das tut uns leid.\nWas du gezahlt hast, bekommst du auf demselben Weg zurück.",
    ),
}


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
    placed = place(database, hoodie)
    pay(placed)
    report(placed)
    drain(database)
    box.take()

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
    placed = place(database, hoodie)
    pay(placed)
    report(placed)
    drain(database)
    box.take()

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


def test_the_queue_may_deliver_twice_and_the_customer_reads_once(database: Any, hoodie: str, box: Mailbox) -> None:
    place(database, hoodie)
    (event,) = recorded(database, "order.placed")

    assert run(JOB, event.detail, event.detail) == []
    assert run(JOB, event.detail, tries=2) == []

    assert len(box.take()) == 1
    assert database.scalar(text("SELECT kind FROM mails")) == "sales.order_placed"


def test_what_nobody_shall_be_told_is_not_told(database: Any, staff_token: str, hoodie: str, box: Mailbox) -> None:
    placed = place(database, hoodie)
    assert move(placed["orderId"], "cancelled", staff_token, notify=False).status == 200
    tell(database, "order.cancelled")

    assert recorded(database, "order.cancelled")[0].detail["data"]["notify"] is False
    assert box.take() == []
    assert database.scalar(text("SELECT count(*) FROM mails")) == 0


def test_an_order_that_is_gone_leaves_nobody_to_tell(database: Any, box: Mailbox) -> None:
    for kind in ("order.placed", "order.paid", "order.packed"):
        assert run(JOB, happened({"orderId": NOWHERE, "orderNumber": "AAAAA-AAAAA"}, kind)) == []

    assert box.take() == []


def test_with_ses_down_the_next_try_tells(
    database: Any, hoodie: str, box: Mailbox, unverified: pytest.MonkeyPatch
) -> None:
    placed = place(database, hoodie)
    (event,) = recorded(database, "order.placed")
    other = happened(placed, "order.packed", notify=False)

    assert run(JOB, event.detail, other) == ["0"]
    assert box.take() == []
    assert database.scalar(text("SELECT status FROM mails")) == "failed"
    unverified.undo()
    forget_settings()

    assert run(JOB, event.detail, tries=2) == []
    assert take_one(box).subject == f"Thank you for your order {placed['orderNumber']}"
    assert database.scalar(text("SELECT status FROM mails")) == "sent"


def test_a_mail_costs_few_statements_however_much_was_bought(
    database: Any, hoodie: str, box: Mailbox, statements: list[str]
) -> None:
    placed = place(database, hoodie)
    (event,) = recorded(database, "order.placed")
    for detail, count in ((event.detail, 5), (happened(placed, "order.packed"), 4), (event.detail, 1)):
        statements.clear()
        run(JOB, detail)
        assert len(statements) == count

    assert len(box.take()) == 2


def test_whatever_happens_to_an_order_has_its_mail() -> None:
    folder = Path(rendering.__file__).parent.parent.parent / "sales" / "mails" / "en"
    written = {path.stem for path in folder.glob("order_*.txt")}

    kinds = [kind.type for kind in OrderChanged.__subclasses__()]
    assert {kind.replace(".", "_") for kind in kinds} == written
    assert len(written) == 9
    assert all(JOB in consumers(kind) for kind in kinds)


def test_sums_of_goods_of_both_kinds_of_tax_add_up() -> None:
    from types import SimpleNamespace

    from ravo.sales.notices.sums import sums_of

    def item(price: str, net: str, tax: str, total: str) -> Any:
        values = {"unit_price": price, "net_amount": net, "tax_amount": tax, "total_price": total}
        return SimpleNamespace(quantity=1, **{name: Decimal(value) for name, value in values.items()})

    order: Any = SimpleNamespace(
        total_amount=Decimal("233.90"), tax_amount=Decimal("29.75"), gift_card_amount=Decimal("33.90")
    )
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
