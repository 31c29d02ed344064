"""The events that are published when stock changes."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.inventory.events import StockChanged, StockLow
from ravo.inventory.stock import queries
from ravo.platform import outbox


class Facts(Protocol):
    """The catalogue's data about a variant's stock: whether it is counted, can be backordered, and its alert level."""

    @property
    def tracked(self) -> bool: ...
    @property
    def backorder(self) -> bool: ...
    @property
    def low_stock_alert(self) -> int: ...


def tell(session: Session, variant_ids: Sequence[UUID], *, cause: UUID, version: int) -> dict[UUID, int]:
    """Record the available units of variants, in the transaction that changed them; returns them."""
    left = queries.available(session, variant_ids)
    tell_what_is_left(session, left, cause=cause, version=version)
    return left


def tell_what_is_left(session: Session, left: Mapping[UUID, int], *, cause: UUID, version: int) -> None:
    """Record the available units of variants, where they are known already.

    Nothing is recorded of variants that were never in stock.
    """
    if left:
        outbox.record(session, StockChanged(aggregate_id=cause, version=version, available=dict(left)))


def tell_if_low(
    session: Session, facts: Mapping[UUID, Facts], *, before: Mapping[UUID, int], after: Mapping[UUID, int], cause: UUID
) -> None:
    """Record which of the variants that units were taken from fell to their alert level.

    Each is recorded once, when it falls.
    """
    fell = [
        each
        for each in sorted(before)
        if facts[each].tracked and after[each] <= facts[each].low_stock_alert < before[each]
    ]
    if fell:
        outbox.record(session, StockLow(aggregate_id=cause, version=1, variant_ids=fell))
