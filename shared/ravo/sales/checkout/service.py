"""Placing an order: cart, order, stock, promotions, gift cards and the event of it, in one transaction."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.adapters.stripe.amounts import payable
from ravo.inventory.selling import service as stock
from ravo.platform import outbox
from ravo.platform.errors import Detail
from ravo.platform.ids import uuid7
from ravo.platform.marks import Marks
from ravo.platform.money import text_of
from ravo.platform.observability import count
from ravo.platform.time import now
from ravo.platform.tokens import Principal
from ravo.sales.carts import queries as carts
from ravo.sales.carts import service as carts_service
from ravo.sales.checkout import claims, queries
from ravo.sales.checkout.schemas import CheckoutInput
from ravo.sales.codes import new_order_number
from ravo.sales.errors import CartClosed, CartIncomplete, GuestsMayNotBuy, TotalChanged
from ravo.sales.events import OrderPlaced
from ravo.sales.orders import queries as orders_queries
from ravo.sales.orders import service as orders
from ravo.sales.payments import queries as payments
from ravo.sales.quotes.service import Quote, quote

PAYABLE_FOR = timedelta(minutes=30)
UNPAID = Marks("orders")


class Placed(NamedTuple):
    """An order's row, and whether it was placed this moment rather than by a request before."""

    order: Any
    is_new: bool


def place(session: Session, given: CheckoutInput, *, by: Principal | None) -> Placed:
    """Make a cart an order that waits for its payment, or is paid where gift cards pay it all.

    A cart becomes one order, however often this is asked: again, it answers that one. Refuses with `CartNotFound`,
    `CartClosed`, `CartIncomplete`, `GuestsMayNotBuy`, `TotalChanged`, `PromotionUsedUp`, `GiftCardUsedUp`,
    `InsufficientStock` or `UnknownVariant`.
    """
    cart = carts.touch_for_update(session, given.cart_id, status="ordered")
    if cart is None:
        return Placed(_placed_before(session, given.cart_id, by), is_new=False)
    carts_service.own(cart, by)
    quoted = quote(session, cart)
    _refuse_unready(quoted, by)
    _refuse_surprises(quoted, given)
    # Locks are taken in this order everywhere: the order, promotions, gift cards, and stock last, since all wait for it.
    # Nobody else knows of a new order, so it can wait for what it writes down of its promotions.
    order = _write(session, quoted)
    claims.claim_gift_cards(session, order.id, quoted)
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
            due=text_of(quoted.due, order.currency),
            pieces=pieces,
        ),
    )
    count("OrdersPlaced")
    if quoted.due:
        UNPAID.put_before_commit(session, str(order.id))
        return Placed(order, is_new=True)
    stock.sell(session, order.id, reference=orders.sale_of(order.id))
    return Placed(orders.confirm(session, order), is_new=True)


def _placed_before(session: Session, cart_id: UUID, by: Principal | None) -> Any:
    cart = carts_service.own(carts.cart_by_id(session, cart_id), by)
    order = orders_queries.order_of_cart(session, cart.id)
    if order is None:
        raise CartClosed
    return order


def _refuse_unready(quoted: Quote, by: Principal | None) -> None:
    cart = quoted.cart
    missing: list[Detail] = []
    if not quoted.lines:
        missing.append(Detail("lines", "the cart is empty"))
    if not cart.shipping_address:
        missing.append(Detail("shippingAddress", "say where it goes"))
    elif not quoted.shipping:
        missing.append(Detail("shipping", "choose how it is sent"))
    if not cart.email:
        missing.append(Detail("email", "say whom to tell"))
    missing += [Detail(f"lines.{line.id}", "this is not sold any more") for line in quoted.lines if not line.is_sold]
    if payable(quoted.due, cart.currency) != quoted.due:
        missing.append(Detail("totals.due", "no card can pay this to the last digit"))
    if missing:
        raise CartIncomplete(details=missing)
    for_customers = [line for line in quoted.lines if not line.guest_purchaseable]
    if for_customers and by is None:
        raise GuestsMayNotBuy(details=[Detail(f"lines.{line.id}", "sign in to buy this") for line in for_customers])


def _refuse_surprises(quoted: Quote, given: CheckoutInput) -> None:
    """Nobody pays another price than the one that they saw."""
    total, currency = quoted.priced.total, quoted.cart.currency
    if given.expected_total:
        if (given.expected_total.amount, given.expected_total.currency) != (total, currency):
            raise TotalChanged(details=[Detail("expectedTotal", f"it is {text_of(total, currency)} {currency} now")])
        return
    changed = [line for line in quoted.lines if line.price != line.seen_price]
    if changed:
        raise TotalChanged(
            details=[
                Detail(
                    f"lines.{line.id}",
                    f"{text_of(line.seen_price, currency)} then, {text_of(line.price, currency)} now",
                )
                for line in changed
            ]
        )


def _write(session: Session, quoted: Quote) -> Any:
    cart, priced, shipping = quoted.cart, quoted.priced, quoted.shipping
    assert shipping is not None
    placed, customer = now(), str(cart.user_id or cart.email.lower())
    return queries.place_order(
        session,
        items=_items(quoted),
        saved=claims.claim_promotions(session, quoted, customer=customer),
        customer=customer,
        id=uuid7(),
        order_number=new_order_number(),
        cart_id=cart.id,
        user_id=cart.user_id,
        email=cart.email,
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
        shipping_method=shipping["name"],
        carrier=shipping["carrier"] or None,
        estimated_delivery=placed + timedelta(days=shipping["max_days"]),
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


def _book_gift_cards(session: Session, order: Any, quoted: Quote) -> None:
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


def due(order: Any) -> Decimal:
    """What is left to pay of an order when gift cards have paid."""
    return order.total_amount - order.gift_card_amount
