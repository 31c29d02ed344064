"""The rules of checkout: order, promotions, gift cards, stock and event are written in one transaction."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.adapters.stripe.amounts import payable
from ravo.inventory.selling import service as stock
from ravo.platform import outbox
from ravo.platform.errors import Detail
from ravo.platform.ids import uuid7
from ravo.platform.money import text_of
from ravo.platform.observability import count
from ravo.platform.time import now
from ravo.platform.tokens import Principal
from ravo.sales.carts import queries as carts
from ravo.sales.carts import service as carts_service
from ravo.sales.carts.errors import CartClosed
from ravo.sales.carts.queries import CartRow
from ravo.sales.checkout import queries
from ravo.sales.checkout.errors import CartIncomplete, GuestsMayNotBuy, TotalChanged
from ravo.sales.checkout.schemas import CheckoutInput
from ravo.sales.codes import new_order_number
from ravo.sales.gift_cards import service as gift_cards
from ravo.sales.lifecycle import service as orders
from ravo.sales.orders import queries as orders_queries
from ravo.sales.orders.events import OrderPlaced
from ravo.sales.orders.queries import OrderRow
from ravo.sales.payments import queries as payments
from ravo.sales.promotions import service as promotions
from ravo.sales.quotes.service import Quote, quote

PAYABLE_FOR = timedelta(minutes=30)


class Placed(NamedTuple):
    """An order, and whether this request placed it or an earlier one."""

    order: OrderRow
    is_new: bool


def place(session: Session, given: CheckoutInput, *, by: Principal | None) -> Placed:
    """Make an order of a cart; it waits for its payment or, where gift cards pay all of it, is paid at once.

    A cart becomes one order: doing it again returns the same one. Refuses with `CartNotFound`, `CartClosed`,
    `CartIncomplete`, `GuestsMayNotBuy`, `TotalChanged`, `PromotionUsedUp`, `GiftCardUsedUp`, `InsufficientStock` or
    `UnknownVariant`.
    """
    cart = carts.touch_for_update(session, given.cart_id, status="ordered")
    if cart is None:
        return Placed(_placed_before(session, given.cart_id, by), is_new=False)
    carts_service.own(cart, by)
    quoted = quote(session, cart)
    _refuse_unready(cart, quoted, by)
    _refuse_surprises(quoted, given)
    # Locks are taken in this order everywhere: order, promotions, gift cards, and stock last, since all orders wait for
    # it. Nobody else knows a new order's row, so it may be written after its promotions are locked.
    order = _write(session, cart, quoted)
    gift_cards.redeem(session, order.id, {card.id: card.amount for card in quoted.gift_cards})
    _book_gift_cards(session, order, quoted)
    facts = {line.variant_id: line for line in quoted.lines}
    pieces = {line.variant_id: line.quantity for line in quoted.lines}
    stock.hold_for_order(session, order.id, pieces, until=order.expires_at, cart_id=cart.id, facts=facts)
    outbox.record(
        session,
        OrderPlaced(
            aggregate_id=order.id,
            version=order.version,
            order_number=order.order_number,
            currency=order.currency,
            total=text_of(order.total_amount, order.currency),
            due=text_of(order.due, order.currency),
            pieces=pieces,
        ),
    )
    count("OrdersPlaced")
    if order.due:
        orders.UNPAID.put_before_commit(session, str(order.id))
        return Placed(order, is_new=True)
    stock.sell(session, order.id, reference=orders.sale_of(order.id))
    return Placed(orders.confirm(session, order), is_new=True)


def _placed_before(session: Session, cart_id: UUID, by: Principal | None) -> OrderRow:
    cart = carts_service.own(carts.cart_by_id(session, cart_id), by)
    order = orders_queries.order_of_cart(session, cart.id)
    if order is None:
        raise CartClosed
    return order


def _refuse_unready(cart: CartRow, quoted: Quote, by: Principal | None) -> None:
    missing: list[Detail] = []
    if not quoted.lines:
        missing.append(Detail("lines", "the cart is empty; add something"))
    if not cart.shipping_address:
        missing.append(Detail("shippingAddress", "enter a shipping address"))
    elif not quoted.shipping:
        missing.append(Detail("shipping", "choose a shipping option"))
    if not cart.email:
        missing.append(Detail("email", "enter a mail address"))
    missing += [
        Detail(f"lines.{line.id}", "no longer for sale; remove it") for line in quoted.lines if not line.is_sold
    ]
    if payable(quoted.due, cart.currency) != quoted.due:
        missing.append(Detail("totals.due", "this amount can't be charged exactly; change the cart"))
    if missing:
        raise CartIncomplete(details=missing)
    for_customers = [line for line in quoted.lines if not line.guest_purchaseable]
    if for_customers and by is None:
        raise GuestsMayNotBuy(details=[Detail(f"lines.{line.id}", "sign in to buy this") for line in for_customers])


def _refuse_surprises(quoted: Quote, given: CheckoutInput) -> None:
    """Refuse with `TotalChanged` a price other than the one that the shopper saw."""
    total, currency = quoted.priced.total, quoted.priced.currency
    if given.expected_total:
        if (given.expected_total.amount, given.expected_total.currency) != (total, currency):
            raise TotalChanged(
                details=[Detail("expectedTotal", f"the total is now {text_of(total, currency)} {currency}")]
            )
        return
    changed = [line for line in quoted.lines if line.price != line.seen_price]
    if changed:
        raise TotalChanged(
            details=[
                Detail(
                    f"lines.{line.id}",
                    f"was {text_of(line.seen_price, currency)}, is now {text_of(line.price, currency)}",
                )
                for line in changed
            ]
        )


def _write(session: Session, cart: CartRow, quoted: Quote) -> OrderRow:
    priced, shipping, email = quoted.priced, quoted.shipping, cart.email
    assert shipping is not None
    assert email is not None
    placed, customer = now(), str(cart.user_id or email.lower())
    return queries.place_order(
        session,
        items=_items(quoted),
        saved=promotions.redeem(session, priced.applied, quoted.limits, customer=customer),
        customer=customer,
        id=uuid7(),
        order_number=new_order_number(),
        cart_id=cart.id,
        user_id=cart.user_id,
        email=email,
        locale=cart.locale,
        currency=cart.currency,
        subtotal=priced.subtotal,
        tax_amount=priced.tax,
        shipping_amount=priced.shipping,
        discount_amount=priced.discount,
        total_amount=priced.total,
        gift_card_amount=priced.total - quoted.due,
        shipping_address=cart.shipping_address,
        billing_address=cart.billing_address or cart.shipping_address,
        shipping_method=shipping.name,
        carrier=shipping.carrier or None,
        estimated_delivery=placed + timedelta(days=shipping.max_days),
        expires_at=placed + PAYABLE_FOR,
    )


def _items(quoted: Quote) -> list[Mapping[str, Any]]:
    priced = {line.key: line for line in quoted.priced.lines}
    return [
        {
            "variant_id": line.variant_id,
            "position": position,
            "sku": line.sku,
            "name": line.name,
            "quantity": line.quantity,
            "unit_price": line.price,
            "net_amount": priced[line.variant_id].net,
            "discount_amount": priced[line.variant_id].discount,
            "tax_amount": priced[line.variant_id].tax,
            "tax_rate": priced[line.variant_id].rate,
            "total_price": priced[line.variant_id].total,
            "product_snapshot": {
                "productId": str(line.product_id),
                "slug": line.product_slug,
                "size": line.size,
                "color": line.color,
                "style": line.style,
                "image": line.image,
            },
        }
        for position, line in enumerate(quoted.lines)
    ]


def _book_gift_cards(session: Session, order: OrderRow, quoted: Quote) -> None:
    for card in quoted.gift_cards:
        payment = payments.keep(
            session,
            order_id=order.id,
            provider="gift_card",
            intent_id=str(card.id),
            status="succeeded",
            amount=card.amount,
            currency=order.currency,
        )
        payments.book(
            session, order_id=order.id, payment_id=payment.id, kind="charge", amount=card.amount, reference="charge"
        )
