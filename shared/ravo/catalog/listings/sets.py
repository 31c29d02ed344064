"""Whether the sets that filtered lists are counted by are all there."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.catalog.listings.queries import FIELDS

# Two filters ask for categories.
_HELD = ", ".join(f"('{field}', l.{field}_key, l.{field})" for field in dict.fromkeys(FIELDS.values()))
_OUTSIDE = text(
    f"""
    SELECT DISTINCT l.product_id FROM product_listings l
    CROSS JOIN LATERAL (VALUES {_HELD}) AS held (field, key, members)
    LEFT JOIN listing_sets known ON known.field = held.field AND known.key = held.key
    WHERE known.members IS DISTINCT FROM held.members
    """
)


def outside(session: Session) -> Sequence[UUID]:
    """Return the listed products that have values together of which the sets know nothing: lists would not count them."""
    return session.scalars(_OUTSIDE).all()
