"""What shoppers see of stock: the number that inventory last told, and whether a product can be had at all."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.events import StockStatusChanged
from ravo.catalog.index import queries as index
from ravo.catalog.projections import queries, shown
from ravo.platform import outbox
from ravo.platform.database import transaction
from ravo.platform.events import Envelope


def refresh(session: Session, product_ids: Sequence[UUID]) -> None:
    """Derive again what shoppers find and see of these products; called in the transaction that changed them, their variants or their groups."""
    if not product_ids:
        return
    index.lock_for_update(session, product_ids)
    index.remove_unlisted(session, product_ids)
    index.write_listings(session, product_ids)
    shown.write(session, product_ids)
    index.write_search(session, product_ids)
    index.learn_terms(session, product_ids)


def apply_stock(envelope: Envelope) -> None:
    """Take over the numbers of a `stock.changed`; kept answers are dropped only where a product came into stock or went out of it."""
    told = {UUID(variant_id): max(0, int(count)) for variant_id, count in envelope.data["available"].items()}
    with transaction() as session:
        product_ids = queries.show_available(session, told, as_of=envelope.occurred_at)
        if not product_ids:
            return
        index.lock_for_update(session, product_ids)
        turned = index.turn_in_stock(session, product_ids)
        shown.write(session, product_ids)
        if turned:
            outbox.record(session, StockStatusChanged(aggregate_id=envelope.id, version=1, product_ids=sorted(turned)))
