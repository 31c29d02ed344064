"""Orders as the values that the templates of mails use. Line breaks in people's texts are removed."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session

from ravo.platform.addresses import AddressReply
from ravo.platform.events import Envelope
from ravo.platform.settings import settings
from ravo.sales.emails.schemas import Line, Sums
from ravo.sales.orders import queries
from ravo.sales.orders.events import OrderCancelled, OrderPlaced, OrderRefunded, OrderShipped
from ravo.sales.orders.models import OrderItem
from ravo.sales.orders.queries import OrderRow

type Values = Mapping[str, Any]

# Carriers are stored as lower-case words like `dhl_express`; these ones have spellings of their own.
_SPELLED = {"dhl": "DHL", "dpd": "DPD", "fedex": "FedEx", "gls": "GLS", "tnt": "TNT", "ups": "UPS", "usps": "USPS"}


def values_of(session: Session, order: OrderRow, envelope: Envelope) -> Values:
    """Return the values of the mail about an event: those of every mail, and those of its own kind."""
    return {
        "number": order.order_number,
        "first_name": one_line(AddressReply.model_validate(order.billing_address).first_name),
        "currency": order.currency,
        "follow_url": f"{settings().public_url}/orders/track?orderNumber={quote(order.order_number)}",
    } | dict(_MORE.get(envelope.type, _nothing)(session, order, envelope))


def address_lines(stored: Mapping[str, Any]) -> list[str]:
    """Write an address as on a parcel."""
    address = AddressReply.model_validate(stored)
    place = f"{address.postal_code} {address.city}"
    if address.region:
        place = f"{address.city}, {address.region} {address.postal_code}"
    name = f"{address.first_name} {address.last_name}"
    written = (name, address.company, address.line1, address.line2, place, address.country)
    return [line for each in written if (line := one_line(each))]


def one_line(words: str) -> str:
    """Remove line breaks, so that no name can look like a sentence of ours."""
    return " ".join(words.split())


def carrier_name(carrier: str) -> str:
    """Write a carrier's name as people know it."""
    return " ".join(_SPELLED.get(word.lower(), word.capitalize()) for word in carrier.replace("_", " ").split())


def sums_of(order: OrderRow, items: Sequence[OrderItem]) -> Sums:
    """Return the sums as they were shown: an order keeps them without tax, its items keep what was shown."""
    goods = sum((_amount(item) for item in items), Decimal(0))
    on_top = sum((_tax_on_top(item) for item in items), Decimal(0))
    discount = goods + on_top - sum((item.total_price for item in items), Decimal(0))
    # Shipping is taxed like the products: on top where none of their prices includes tax.
    tax = order.tax_amount if all(_amount(item) == item.net_amount for item in items) else on_top
    return Sums(
        goods=goods,
        discount=discount,
        shipping=order.total_amount - tax - goods + discount,
        tax=tax,
        total=order.total_amount,
        tax_included=order.tax_amount - tax,
        gift_cards=order.gift_card_amount,
        due=order.due,
    )


def _confirmation(session: Session, order: OrderRow, _envelope: Envelope) -> Values:
    items = queries.items(session, order.id)
    bought_for, paid_by = address_lines(order.shipping_address), address_lines(order.billing_address)
    return {
        "lines": [_line(item) for item in items],
        "sums": sums_of(order, items),
        "shipping_method": one_line(order.shipping_method),
        "shipping_address": bought_for,
        "billing_address": paid_by if paid_by != bought_for else [],
        # A late mail must not ask for a payment that has arrived or is no longer waited for.
        "payable_until": order.payable_until,
    }


def _line(item: OrderItem) -> Line:
    about = [item.product_snapshot.get(name) for name in ("size", "color", "style")]
    details = ", ".join(one_line(each) for each in about if each)
    return Line(one_line(item.name), details, item.quantity, _amount(item))


def _parcel(_session: Session, order: OrderRow, _envelope: Envelope) -> Values:
    return {
        "carrier": carrier_name(order.carrier or ""),
        "tracking_number": one_line(order.tracking_number or ""),
        "estimated_delivery": order.estimated_delivery,
    }


def _cancellation(_session: Session, order: OrderRow, envelope: Envelope) -> Values:
    reason = envelope.event(OrderCancelled).reason
    # A payment that came too late did not pay the order.
    was_paid = reason == "sold_out" or order.paid_at is not None or order.gift_card_amount > 0
    return {"reason": reason, "was_paid": was_paid}


def _refund(_session: Session, _order: OrderRow, envelope: Envelope) -> Values:
    told = envelope.event(OrderRefunded)
    return {"amount": Decimal(told.amount), "is_whole": told.is_whole}


def _nothing(_session: Session, _order: OrderRow, _envelope: Envelope) -> Values:
    return {}


def _amount(item: OrderItem) -> Decimal:
    return item.unit_price * item.quantity


def _tax_on_top(item: OrderItem) -> Decimal:
    return item.tax_amount if _amount(item) == item.net_amount else Decimal(0)


_MORE: Mapping[str, Callable[[Session, OrderRow, Envelope], Values]] = {
    OrderPlaced.type: _confirmation,
    OrderShipped.type: _parcel,
    OrderCancelled.type: _cancellation,
    OrderRefunded.type: _refund,
}
