"""Queue: products that were imported. Applies the stock counts of the file."""

from uuid import UUID

from ravo.inventory.movements import service as movements
from ravo.platform.database import transaction
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def count_imported_stock(envelope: Envelope) -> None:
    """Move each variant's stock to the file's count; the ledger's references are this job's inbox."""
    counts = {UUID(variant_id): int(count) for variant_id, count in (envelope.data.get("stock") or {}).items()}
    with transaction() as session:
        movements.count_imported(session, counts, event_id=envelope.id)


handler = job_handler(count_imported_stock, hears=("products.imported",), tries=5)
