"""The doctor: every counter recomputed from its ledger, and where they differ."""

from ravo.catalog.queries import listings
from ravo.inventory import queries
from ravo.platform.database import reading
from ravo.platform.observability import count, logger


def find_drift() -> list[dict[str, str | int]]:
    """Return what drifted: stock levels that are not what their ledger sums up to, the number of listed products; a healthy shop has none."""
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
        counts = listings.counts(session)
    if found:
        logger().error("stock drifted", levels=len(found))
        count("StockDrift", len(found))
    if counts.kept != counts.counted:
        logger().error("number of listed products drifted", kept=counts.kept, counted=counts.counted)
        found.append({"listed": counts.kept, "countedListed": counts.counted})
    return found
