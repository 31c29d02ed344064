"""The texts of an order's status that customers read, by language."""

from collections.abc import Mapping
from typing import NamedTuple

from ravo.sales.orders.transitions import Status


class StatusText(NamedTuple):
    """A status in words: a title, and what it means."""

    title: str
    description: str


FALLBACK = "en"
TEXTS: Mapping[str, Mapping[Status, StatusText]] = {
    "en": {
        Status.PENDING_PAYMENT: StatusText("Waiting for payment", "We hold your items until your payment arrives."),
        Status.PAYMENT_CONFIRMED: StatusText("Paid", "Your payment has arrived. We start on your order now."),
        Status.PROCESSING: StatusText("In preparation", "We are picking your items."),
        Status.PACKED: StatusText("Packed", "Your parcel is packed and waits for the carrier."),
        Status.SHIPPED: StatusText("Shipped", "Your parcel is on its way."),
        Status.OUT_FOR_DELIVERY: StatusText("Out for delivery", "Your parcel arrives today."),
        Status.DELIVERED: StatusText("Delivered", "Your parcel has arrived. Enjoy it!"),
        Status.CANCELLED: StatusText("Cancelled", "Your order was cancelled. What you paid goes back to you."),
        Status.REFUNDED: StatusText("Refunded", "Your money is on its way back to you."),
    },
    "de": {
        Status.PENDING_PAYMENT: StatusText(
            "Wartet auf Zahlung", "Wir halten deine Artikel zurück, bis deine Zahlung da ist."
        ),
        Status.PAYMENT_CONFIRMED: StatusText(
            "Bezahlt", "Deine Zahlung ist da. Wir kümmern uns jetzt um deine Bestellung."
        ),
        Status.PROCESSING: StatusText("In Vorbereitung", "Wir stellen deine Artikel zusammen."),
        Status.PACKED: StatusText("Verpackt", "Dein Paket ist gepackt und wartet auf die Abholung."),
        Status.SHIPPED: StatusText("Versandt", "Dein Paket ist unterwegs."),
        Status.OUT_FOR_DELIVERY: StatusText("In Zustellung", "Dein Paket kommt heute an."),
        Status.DELIVERED: StatusText("Zugestellt", "Dein Paket ist angekommen. Viel Freude damit!"),
        Status.CANCELLED: StatusText(
            "Storniert", "Deine Bestellung wurde storniert. Was du gezahlt hast, bekommst du zurück."
        ),
        Status.REFUNDED: StatusText("Erstattet", "Dein Geld ist auf dem Weg zurück zu dir."),
    },
}


def text_of(status: str, locale: str) -> StatusText:
    """Return a status in a language, or in English where there is no text in that language."""
    words = TEXTS.get(locale.partition("-")[0], TEXTS[FALLBACK])
    return words[Status(status)]
