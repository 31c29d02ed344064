"""Movements as staff see them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.inventory.movements import queries
from ravo.inventory.movements.schemas import MovementReply
from ravo.platform.paging import Page, Paging


def page_of_movements(session: Session, variant_id: UUID, paging: Paging) -> tuple[Sequence[MovementReply], Page]:
    """Return one page of a variant's movements, the newest first."""
    rows, total = queries.page_of_movements(session, variant_id, limit=paging.limit, offset=paging.offset)
    return [MovementReply.model_validate(row) for row in rows], Page.of(paging, total)
