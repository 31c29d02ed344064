"""The life of an order: the one table of which status may follow which, and its drawing."""

from collections.abc import Mapping
from enum import StrEnum

from ravo.sales.orders.errors import InvalidTransition


class Status(StrEnum):
    """Where an order stands."""

    PENDING_PAYMENT = "pending_payment"
    PAYMENT_CONFIRMED = "payment_confirmed"
    PROCESSING = "processing"
    PACKED = "packed"
    SHIPPED = "shipped"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.PENDING_PAYMENT: frozenset({Status.PAYMENT_CONFIRMED, Status.CANCELLED}),
    Status.PAYMENT_CONFIRMED: frozenset({Status.PROCESSING, Status.CANCELLED, Status.REFUNDED}),
    Status.PROCESSING: frozenset({Status.PACKED, Status.CANCELLED, Status.REFUNDED}),
    Status.PACKED: frozenset({Status.SHIPPED, Status.CANCELLED, Status.REFUNDED}),
    # Not every carrier reports that a parcel is out for delivery.
    Status.SHIPPED: frozenset({Status.OUT_FOR_DELIVERY, Status.DELIVERED, Status.REFUNDED}),
    Status.OUT_FOR_DELIVERY: frozenset({Status.DELIVERED, Status.REFUNDED}),
    Status.DELIVERED: frozenset({Status.REFUNDED}),
    # An order that expired comes back when its payment arrives late and its products are still in stock.
    Status.CANCELLED: frozenset({Status.PAYMENT_CONFIRMED}),
    Status.REFUNDED: frozenset(),
}


def check(before: str, after: Status) -> None:
    """Refuse with `InvalidTransition` a step that the table does not allow."""
    if after not in TRANSITIONS[Status(before)]:
        raise InvalidTransition(f"An order that is {before} can't become {after}.")


def drawing() -> str:
    """Return the table as a Mermaid state diagram."""
    arrows = [f"    {before} --> {after}" for before in Status for after in Status if after in TRANSITIONS[before]]
    ends = [f"    {status} --> [*]" for status in Status if not TRANSITIONS[status]]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {Status.PENDING_PAYMENT}", *arrows, *ends]) + "\n"
