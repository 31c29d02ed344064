"""What customers are told while their order is on its way: each step once, in their language."""

from typing import Any

import pytest
from sqlalchemy import text

from ravo.sales.emails.replies import carrier_name
from tests.jobs import drain, run
from tests.mails import Mailbox
from tests.sales.emails import JOB, happened, place, plain, take_one, words_of
from tests.sales.orders import move, pay, report

WAY = ["processing", "packed", "shipped", "out_for_delivery", "delivered"]
STEPS = {
    "en": [
        ("Your payment for order {} has arrived", "Your payment has arrived. We start on your order now."),
        ("We are preparing your order {}", "We are picking your items."),
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
        ("Wir bereiten deine Bestellung {} vor", "wir stellen deine Artikel zusammen."),
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
