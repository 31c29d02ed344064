"""The doctor: every counter recomputed from its ledger, and where they differ."""

from ravo.inventory import queries
from ravo.platform.database import reading
from ravo.platform.observability import count, logger


def find_drift() -> list[dict[str, str | int]]:
    """Return each stock level that is not what its movements and reservations sum up to; a healthy shop has none."""
    with reading() as session:
        found: list[dict[str, str | int]] = [
            {
                "variantId": str(row.variant_id),
                "locationId": str(row.location_id),
                "onHand": row.on_hand,
                "countedOnHand": row.counted_on_hand,
                "reserved": row.reserved,
                "countedReserved": row.counted_reserved,
            }
            for row in queries.drift(session)
        ]
    if found:
        logger().error("stock drifted", levels=len(found))
        count("StockDrift", len(found))
    return found
