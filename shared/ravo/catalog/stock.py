"""What shoppers see of stock: the number that inventory last told, and whether a product can be had at all."""

from uuid import UUID

from ravo.catalog.events import StockStatusChanged
from ravo.catalog.queries import listings, shown, variants
from ravo.platform import outbox
from ravo.platform.database import transaction
from ravo.platform.events import Envelope


def show(envelope: Envelope) -> None:
    """Take over the numbers of a `stock.changed`; kept answers are dropped only where a product came into stock or went out of it."""
    told = {UUID(variant_id): max(0, int(count)) for variant_id, count in envelope.data["available"].items()}
    with transaction() as session:
        product_ids = variants.show_available(session, told, as_of=envelope.occurred_at)
        if not product_ids:
            return
        listings.lock_for_update(session, product_ids)
        turned = listings.turn_in_stock(session, product_ids)
        shown.write(session, product_ids)
        if turned:
            outbox.record(session, StockStatusChanged(aggregate_id=envelope.id, version=1, product_ids=sorted(turned)))
