"""What shoppers send and see of carts."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from ravo.identity.accounts.schemas import Email, Locale
from ravo.platform.addresses import Address, AddressReply
from ravo.platform.money import CURRENCY_DIGITS
from ravo.platform.schemas import Input, Money, Reply

MOST_UNITS = 99
MOST_LINES = 100

type LineQuantity = Annotated[int, Field(ge=1, le=MOST_UNITS, strict=True)]
type EnteredCode = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,40}$", to_upper=True)]


def _known(currency: str) -> str:
    if currency not in CURRENCY_DIGITS:
        raise ValueError(f"{currency} is not a currency that we know; use an ISO 4217 code")
    return currency


class CartInput(Input):
    """A new cart; without a currency it has the shop's own."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_known)] | None = None
    locale: Locale = "en"


class CartItemInput(Input):
    """Units to put into the cart, on top of those that are there."""

    variant_id: UUID
    quantity: LineQuantity = 1


class CartItemChange(Input):
    """How many units the line is to have."""

    quantity: LineQuantity


class CartAddressInput(Input):
    """Where the cart is sent and who gets the mails. Without a billing address the shipping address is used."""

    email: Email | None = None
    shipping_address: Address
    billing_address: Address | None = None


class CartShippingInput(Input):
    shipping_rate_id: UUID


class CartCodeInput(Input):
    """The code of a promotion or of a gift card."""

    code: EnteredCode


class CartLineReply(Reply):
    """A line. `previousPrice` is there when the price changed since the shopper put it in or last changed it.

    The catalogue's data is null once the variant no longer exists.
    """

    id: UUID
    variant_id: UUID
    product_id: UUID | None
    product_slug: str | None
    sku: str | None
    name: str | None
    size: str | None
    color: str | None
    style: str | None
    image: str | None
    quantity: int
    unit_price: Money
    previous_price: Money | None
    # As shown: unit price times quantity, and what promotions take off it.
    amount: Money
    saved: Money
    availability: Literal["available", "insufficient", "not_sold"]


class CartDiscountReply(Reply):
    """A promotion that takes something off the prices shown."""

    promotion_id: UUID
    name: str
    code: str | None
    saved: Money


class CartCodeReply(Reply):
    """A code that was entered and takes nothing off now."""

    promotion_id: UUID
    code: str
    reason: Literal["not_valid", "conditions_not_met"]


class CartGiftCardReply(Reply):
    """A gift card that pays `amount` of the cart."""

    id: UUID
    last_characters: str
    amount: Money


class Totals(Reply):
    """total = subtotal + tax + shipping - discount; subtotal, shipping and discount are net. Gift cards leave `due`."""

    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money
    gift_cards: Money
    due: Money
    # Whether the prices of the lines are shown with tax; unknown until there is an address.
    tax_included: bool


class ChosenShipping(Reply):
    """The chosen shipping option, and its price as shown."""

    shipping_rate_id: UUID
    name: str
    carrier: str
    price: Money
    min_days: int
    max_days: int


class CartReply(Reply):
    """A cart with what it costs now."""

    id: UUID
    status: Literal["open", "ordered", "merged"]
    currency: str
    locale: str
    email: str | None
    shipping_address: AddressReply | None
    billing_address: AddressReply | None
    shipping: ChosenShipping | None
    lines: list[CartLineReply]
    discounts: list[CartDiscountReply]
    unused_codes: list[CartCodeReply]
    gift_cards: list[CartGiftCardReply]
    totals: Totals
    version: int
    updated_at: datetime


class ShippingOption(Reply):
    """A way to send the cart, and its price as shown, before promotions."""

    id: UUID
    name: str
    carrier: str
    price: Money
    min_days: int
    max_days: int
