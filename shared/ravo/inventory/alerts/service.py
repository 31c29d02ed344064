"""The rules of alerts: when they open and close.

Both depend on the stock now, not on what the event reported: late, doubled and replayed events do no harm.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.inventory.alerts import queries
from ravo.inventory.events import StockChanged, StockLow
from ravo.inventory.stock import queries as stock_queries
from ravo.platform import mail
from ravo.platform.database import transaction
from ravo.platform.events import Envelope
from ravo.platform.settings import settings

NOTICE = "inventory.low_stock"


class Low(NamedTuple):
    """A variant that is low in stock, as the mail to staff names it."""

    product_name: str
    sku: str
    available: int
    level: int


def hear(envelope: Envelope) -> None:
    """Open alerts for variants that became low and mail them to staff, or close those of variants no longer low."""
    if envelope.type == StockLow.type:
        mail.send_once(kind=NOTICE, event_id=envelope.id, build=lambda session: _raise_alerts(session, envelope))
    else:
        with transaction() as session:
            _resolve_alerts(session, list(envelope.event(StockChanged).available))


def _raise_alerts(session: Session, envelope: Envelope) -> mail.Letter | None:
    """Open the missing alerts. The mail names all that this event opened, so a second try writes the same mail."""
    variant_ids = envelope.event(StockLow).variant_ids
    queries.open_alerts_for_update(session, variant_ids)
    low = _low_among(session, variant_ids)
    queries.open_alerts(session, list(low), event_id=envelope.id)
    opened = queries.opened_by(session, envelope.id)
    told = [variant for variant_id, variant in low.items() if variant_id in opened]
    here = settings()
    return mail.Letter(here.staff_mail, here.staff_locale, {"variants": told}) if told and here.staff_mail else None


def _resolve_alerts(session: Session, variant_ids: Sequence[UUID]) -> None:
    """Close the alerts of variants that are no longer low.

    Most changes concern no open alert, and cost one statement.
    """
    alerted = queries.open_alerts_for_update(session, variant_ids)
    if alerted:
        low = _low_among(session, alerted)
        queries.close_alerts(session, [each for each in alerted if each not in low])


def _low_among(session: Session, variant_ids: Sequence[UUID]) -> dict[UUID, Low]:
    """Return those of the variants that are low now, by SKU."""
    there = stock_queries.available(session, variant_ids)
    return {
        each.variant_id: Low(each.product_name, each.sku, there.get(each.variant_id, 0), each.low_stock_alert)
        for each in queries.counted_variants(session, variant_ids)
        if there.get(each.variant_id, 0) <= each.low_stock_alert
    }
