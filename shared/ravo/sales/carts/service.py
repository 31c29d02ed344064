"""The rules of carts: who may use them, what goes into them, and what they cost after a change."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.accounts import service as accounts
from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import Conflict, Refusal
from ravo.platform.settings import settings
from ravo.platform.tokens import Principal
from ravo.sales.carts import queries
from ravo.sales.carts.errors import (
    CartClosed,
    CartFull,
    CartLineNotFound,
    CartNotFound,
    CodeNotFound,
    OtherCurrency,
    ShippingRateUnfit,
    TooManyUnits,
    VariantNotSold,
)
from ravo.sales.carts.queries import CartRow
from ravo.sales.carts.schemas import MOST_LINES, MOST_UNITS, CartAddressInput, CartInput, CartItemInput
from ravo.sales.codes import hash_of
from ravo.sales.quotes import queries as quotes
from ravo.sales.quotes.queries import OptionRow
from ravo.sales.quotes.service import Quote, quote, quote_of_new


class PricedCart(NamedTuple):
    """A cart and what it costs now."""

    cart: CartRow
    quote: Quote


def create(session: Session, given: CartInput, *, by: Principal | None) -> PricedCart:
    """Make a cart; a customer who has an open one gets that one."""
    mine = queries.open_cart_of_user(session, by.id) if by else None
    if mine:
        return _priced(session, mine)
    made = _new(session, given, by)
    if made is None:
        # Another request of the customer was quicker.
        raise Conflict("Your cart is being created by another request. Try again in a moment.", retry_after=1)
    return PricedCart(made, quote_of_new(made))


def find(session: Session, cart_id: UUID, *, by: Principal | None) -> PricedCart:
    """Return a cart with what it costs now. Refuses with `CartNotFound`, also for another customer's cart."""
    return _priced(session, own(queries.cart_by_id(session, cart_id), by))


def add_item(session: Session, cart_id: UUID, given: CartItemInput, *, by: Principal | None) -> PricedCart:
    """Put units into a cart. Refuses with `VariantNotSold`, `OtherCurrency`, `TooManyUnits` or `CartFull`."""
    cart = _touched(session, cart_id, by)
    there = queries.add_line(session, cart_id, given.variant_id, given.quantity, cart.currency)
    if there is None:
        raise _why_not_sold(session, given.variant_id, cart)
    if there > MOST_UNITS:
        raise TooManyUnits
    priced = _priced(session, cart)
    if len(priced.quote.lines) > MOST_LINES:
        raise CartFull
    return priced


def change_item(session: Session, cart_id: UUID, line_id: UUID, quantity: int, *, by: Principal | None) -> PricedCart:
    """Set how many units a line has, at today's price. Refuses with `CartLineNotFound`."""
    cart = _touched(session, cart_id, by)
    if not queries.change_line(session, cart_id, line_id, quantity):
        raise CartLineNotFound
    return _priced(session, cart)


def remove_item(session: Session, cart_id: UUID, line_id: UUID, *, by: Principal | None) -> PricedCart:
    """Take a line out, if it is there."""
    cart = _touched(session, cart_id, by)
    queries.delete_line(session, cart_id, line_id)
    return _priced(session, cart)


def set_address(session: Session, cart_id: UUID, given: CartAddressInput, *, by: Principal | None) -> PricedCart:
    """Set where the cart is sent and who gets the mails."""
    values: dict[str, Any] = {
        "shipping_address": given.shipping_address.model_dump(),
        "billing_address": given.billing_address.model_dump() if given.billing_address else None,
    }
    return _priced(session, _touched(session, cart_id, by, **values | ({"email": given.email} if given.email else {})))


def shipping_options(session: Session, cart_id: UUID, *, by: Principal | None) -> tuple[CartRow, Sequence[OptionRow]]:
    """Return a cart with the rates that it can be sent at."""
    cart = own(queries.cart_by_id(session, cart_id), by)
    return cart, quotes.shipping_options(session, cart)


def set_shipping(session: Session, cart_id: UUID, rate_id: UUID, *, by: Principal | None) -> PricedCart:
    """Choose how the cart is sent. Refuses with `ShippingRateUnfit` for a rate that is not among its options."""
    with raising_for_constraints({"fk_carts_shipping_rate_id": ShippingRateUnfit}):
        cart = _touched(session, cart_id, by, shipping_rate_id=rate_id)
    priced = _priced(session, cart)
    if priced.quote.shipping is None:
        raise ShippingRateUnfit
    return priced


def enter_code(session: Session, cart_id: UUID, code: str, *, by: Principal | None) -> PricedCart:
    """Enter the code of a promotion or of a gift card. Refuses with `CodeNotFound`."""
    cart = _touched(session, cart_id, by)
    is_known = queries.enter_promotion(session, cart_id, code) or queries.enter_gift_card(
        session, cart_id, hash_of(code), cart.currency
    )
    if not is_known:
        raise CodeNotFound
    return _priced(session, cart)


def remove_code(session: Session, cart_id: UUID, code_id: UUID, *, by: Principal | None) -> PricedCart:
    """Take a promotion's code or a gift card out, if it is there."""
    cart = _touched(session, cart_id, by)
    queries.delete_code(session, cart_id, code_id)
    return _priced(session, cart)


def merge(session: Session, cart_id: UUID, *, by: Principal) -> PricedCart:
    """Make a guest's cart the caller's, or add it to the one that they have.

    Doing it again returns the same cart. Refuses with `CartNotFound` or `OtherCurrency`.
    """
    mine = queries.open_cart_of_user(session, by.id)
    guests = own(queries.cart_by_id(session, cart_id), by)
    if guests.status != "open" or guests.user_id == by.id:
        return _priced(session, mine or guests)
    if mine is None:
        email = guests.email or accounts.email_of(session, by.id)
        return _priced(session, _touched(session, cart_id, by, user_id=by.id, email=email))
    if mine.currency != guests.currency:
        raise OtherCurrency
    # Carts are locked in the order of their ids, like all rows.
    for each in sorted((mine.id, cart_id)):
        _touched(session, each, by)
    queries.merge(session, source=cart_id, target=mine.id, most=MOST_UNITS)
    queries.touch_for_update(session, cart_id, status="merged")
    return _priced(session, mine)


def own(cart: CartRow | None, by: Principal | None) -> CartRow:
    """Return a cart that the caller may see: any guest's, or their own. Refuses with `CartNotFound`."""
    if cart is None or (cart.user_id is not None and (by is None or by.id != cart.user_id)):
        raise CartNotFound
    return cart


def _priced(session: Session, cart: CartRow) -> PricedCart:
    return PricedCart(cart, quote(session, cart))


def _new(session: Session, given: CartInput, by: Principal | None) -> CartRow | None:
    known: Mapping[str, Any] = {}
    if by:
        known = {"user_id": by.id, "email": accounts.email_of(session, by.id)}
    currency = given.currency or settings().default_currency
    return queries.add_cart(session, currency=currency, locale=given.locale, **known)


def _touched(session: Session, cart_id: UUID, by: Principal | None, **values: Any) -> CartRow:
    """Lock an open cart of the caller's by changing it. Refuses with `CartNotFound` or `CartClosed`."""
    cart = queries.touch_for_update(session, cart_id, **values)
    if cart is None:
        own(queries.cart_by_id(session, cart_id), by)
        raise CartClosed
    return cart if "user_id" in values else own(cart, by)


def _why_not_sold(session: Session, variant_id: UUID, cart: CartRow) -> Refusal:
    currency = queries.currency_of(session, variant_id)
    return OtherCurrency() if currency and currency != cart.currency else VariantNotSold()
