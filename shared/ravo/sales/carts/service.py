"""The rules of carts: whose they are, what goes into them, and what a change of them costs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.accounts import service as accounts
from ravo.platform.constraints import refusing
from ravo.platform.errors import Conflict, Refusal
from ravo.platform.settings import settings
from ravo.platform.tokens import Principal
from ravo.sales.carts import queries, quoting_queries
from ravo.sales.carts.quoting import Quote, quote, quote_of_new
from ravo.sales.carts.schemas import MOST_LINES, MOST_PIECES, CartAddressInput, CartInput, CartItemInput
from ravo.sales.codes import hash_of
from ravo.sales.errors import (
    CartClosed,
    CartFull,
    CartLineNotFound,
    CartNotFound,
    CodeNotFound,
    OtherCurrency,
    ShippingRateUnfit,
    TooManyPieces,
    VariantNotSold,
)


def create(session: Session, given: CartInput, *, by: Principal | None) -> Quote:
    """Make a cart; a customer who has an open one gets that."""
    mine = queries.open_cart_of_user(session, by.id) if by else None
    if mine:
        return quote(session, mine)
    made = _new(session, given, by)
    if made is None:
        # The customer's other window was quicker.
        raise Conflict("This cart is being made right now.", retry_after=1)
    return quote_of_new(made)


def find(session: Session, cart_id: UUID, *, by: Principal | None) -> Quote:
    """Return a cart with what it costs now. Refuses with `CartNotFound`, also for a customer's who is not the caller."""
    return quote(session, own(queries.cart_by_id(session, cart_id), by))


def add_item(session: Session, cart_id: UUID, given: CartItemInput, *, by: Principal | None) -> Quote:
    """Put pieces into a cart. Refuses with `VariantNotSold`, `OtherCurrency`, `TooManyPieces` or `CartFull`."""
    cart = _touched(session, cart_id, by)
    there = queries.add_line(session, cart_id, given.variant_id, given.quantity, cart.currency)
    if there is None:
        raise _why_not_sold(session, given.variant_id, cart)
    if there > MOST_PIECES:
        raise TooManyPieces
    priced = quote(session, cart)
    if len(priced.lines) > MOST_LINES:
        raise CartFull
    return priced


def change_item(session: Session, cart_id: UUID, line_id: UUID, quantity: int, *, by: Principal | None) -> Quote:
    """Set how many pieces a line has, at the price of now. Refuses with `CartLineNotFound`."""
    cart = _touched(session, cart_id, by)
    if not queries.change_line(session, cart_id, line_id, quantity):
        raise CartLineNotFound
    return quote(session, cart)


def remove_item(session: Session, cart_id: UUID, line_id: UUID, *, by: Principal | None) -> Quote:
    """Take a line out; one that is not there is out already."""
    cart = _touched(session, cart_id, by)
    queries.delete_line(session, cart_id, line_id)
    return quote(session, cart)


def set_address(session: Session, cart_id: UUID, given: CartAddressInput, *, by: Principal | None) -> Quote:
    """Say where the cart goes and who is told."""
    values: dict[str, Any] = {
        "shipping_address": given.shipping_address.model_dump(),
        "billing_address": given.billing_address.model_dump() if given.billing_address else None,
    }
    return quote(session, _touched(session, cart_id, by, **values | ({"email": given.email} if given.email else {})))


def shipping_options(session: Session, cart_id: UUID, *, by: Principal | None) -> tuple[Any, list[Any]]:
    """Return a cart with the rates that it can be sent at, each with what it costs for these goods."""
    cart = own(queries.cart_by_id(session, cart_id), by)
    rates = quoting_queries.shipping_options(session, cart)
    return cart, [(r, 0 if r.free_from is not None and r.goods_amount >= r.free_from else r.price) for r in rates]


def set_shipping(session: Session, cart_id: UUID, rate_id: UUID, *, by: Principal | None) -> Quote:
    """Choose how the cart is sent. Refuses with `ShippingRateUnfit` what is not among its options."""
    with refusing({"fk_carts_shipping_rate_id": ShippingRateUnfit}):
        cart = _touched(session, cart_id, by, shipping_rate_id=rate_id)
    priced = quote(session, cart)
    if priced.shipping is None:
        raise ShippingRateUnfit
    return priced


def enter_code(session: Session, cart_id: UUID, code: str, *, by: Principal | None) -> Quote:
    """Enter the code of a promotion or of a gift card. Refuses with `CodeNotFound`."""
    cart = _touched(session, cart_id, by)
    is_known = queries.enter_promotion(session, cart_id, code) or queries.enter_gift_card(
        session, cart_id, hash_of(code), cart.currency
    )
    if not is_known:
        raise CodeNotFound
    return quote(session, cart)


def remove_code(session: Session, cart_id: UUID, code_id: UUID, *, by: Principal | None) -> Quote:
    """Take a promotion's code or a gift card out; one that is not there is out already."""
    cart = _touched(session, cart_id, by)
    queries.delete_code(session, cart_id, code_id)
    return quote(session, cart)


def merge(session: Session, cart_id: UUID, *, by: Principal) -> Quote:
    """Make a guest's cart the caller's own: it becomes theirs, or goes into the one that they have, quantities added up.

    Doing it again answers the cart that came of it. Refuses with `CartNotFound`.
    """
    mine = queries.open_cart_of_user(session, by.id)
    guests = own(queries.cart_by_id(session, cart_id), by)
    if guests.status != "open" or guests.user_id == by.id:
        return quote(session, mine or guests)
    if mine is None:
        email = guests.email or accounts.email_of(session, by.id)
        return quote(session, _touched(session, cart_id, by, user_id=by.id, email=email))
    if mine.currency != guests.currency:
        raise OtherCurrency
    # Carts are locked in the order of their ids, like all rows.
    for each in sorted((mine.id, cart_id)):
        _touched(session, each, by)
    queries.merge(session, source=cart_id, target=mine.id, most=MOST_PIECES)
    queries.touch_for_update(session, cart_id, status="merged")
    return quote(session, mine)


def own(cart: Any | None, by: Principal | None) -> Any:
    """Return a cart that the caller may see: a guest's by its id, a customer's to that customer alone. Refuses with `CartNotFound`."""
    if cart is None or (cart.user_id is not None and (by is None or by.id != cart.user_id)):
        raise CartNotFound
    return cart


def _new(session: Session, given: CartInput, by: Principal | None) -> Any | None:
    known: Mapping[str, Any] = {}
    if by:
        known = {"user_id": by.id, "email": accounts.email_of(session, by.id)}
    currency = given.currency or settings().default_currency
    return queries.add_cart(session, currency=currency, locale=given.locale, **known)


def _touched(session: Session, cart_id: UUID, by: Principal | None, **values: Any) -> Any:
    """Lock an open cart of the caller's, changing it on the way. Refuses with `CartNotFound` or `CartClosed`."""
    cart = queries.touch_for_update(session, cart_id, **values)
    if cart is None:
        own(queries.cart_by_id(session, cart_id), by)
        raise CartClosed
    return cart if "user_id" in values else own(cart, by)


def _why_not_sold(session: Session, variant_id: UUID, cart: Any) -> Refusal:
    currency = queries.currency_of(session, variant_id)
    return OtherCurrency() if currency and currency != cart.currency else VariantNotSold()
