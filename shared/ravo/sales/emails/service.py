"""The rules of mails: one for each event of an order, to the address and in the language that it was placed with."""

from sqlalchemy.orm import Session

from ravo.platform import mail
from ravo.platform.events import Envelope
from ravo.sales.emails import replies
from ravo.sales.orders import queries
from ravo.sales.orders.events import OrderChanged, OrderPaid
from ravo.sales.orders.queries import OrderRow


def send(envelope: Envelope) -> None:
    """Send an order's customer the mail about an event, unless the event forbids it."""
    if envelope.event(OrderChanged).notify:
        kind = f"sales.{envelope.type.replace('.', '_')}"
        mail.send_once(kind=kind, event_id=envelope.id, build=lambda session: _letter(session, envelope))


def _letter(session: Session, envelope: Envelope) -> mail.Letter | None:
    order = queries.order_by_id(session, envelope.aggregate_id)
    if order is None or _is_in_confirmation(order, envelope):
        return None
    return mail.Letter(order.email, order.locale, replies.values_of(session, order, envelope))


def _is_in_confirmation(order: OrderRow, envelope: Envelope) -> bool:
    """Whether the confirmation covers it: an order with nothing left to pay was placed and paid at the same moment."""
    return envelope.type == OrderPaid.type and not order.due
