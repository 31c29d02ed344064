"""The doctor: recomputes every counter from its ledger, and returns those that differ."""

from sqlalchemy.orm import Session

from ravo.catalog.projections import service as projections
from ravo.inventory.stock import queries
from ravo.platform.database import reading
from ravo.platform.observability import count, logger
from ravo.sales.drift import queries as sales

type Drift = dict[str, str | int]


def find_drift() -> list[Drift]:
    """Return all drift: stock levels, gift cards, orders, and projections of products; a healthy shop has none."""
    with reading() as session:
        found = {
            "stock levels": _stock(session),
            "gift cards": _gift_cards(session),
            "orders": _orders(session),
            "what is shown": _shown(session),
        }
    for what, rows in found.items():
        if rows:
            logger().error("a counter is not what its ledger says", what=what, rows=len(rows))
            count("Drift", len(rows))
    return [row for rows in found.values() for row in rows]


def _stock(session: Session) -> list[Drift]:
    return [
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


def _gift_cards(session: Session) -> list[Drift]:
    return [
        {"giftCardId": str(row.id), "balance": f"{row.balance:f}", "countedBalance": f"{row.counted:f}"}
        for row in sales.gift_cards(session)
    ]


def _orders(session: Session) -> list[Drift]:
    return [
        {
            "orderId": str(row.id),
            "total": f"{row.total:f}",
            "charged": f"{row.charged:f}",
            "refunded": f"{row.refunded:f}",
        }
        for row in sales.orders(session)
    ]


def _shown(session: Session) -> list[Drift]:
    return [{"productId": str(product_id), "shown": "outdated"} for product_id in projections.stale(session)]
