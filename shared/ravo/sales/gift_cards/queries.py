"""The SQL of gift cards and of their ledger. Cards are locked in the order of their ids."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from ravo.platform import crud
from ravo.platform.database import changed
from ravo.platform.ids import uuid7
from ravo.sales.gift_cards.models import GiftCard, GiftCardEntry

_REDEEM = text(
    """
    WITH wanted AS (
        SELECT g.id, w.amount FROM gift_cards g
        JOIN jsonb_to_recordset(:shares) AS w (id uuid, amount numeric) ON w.id = g.id
        ORDER BY g.id FOR NO KEY UPDATE OF g
    )
    UPDATE gift_cards g SET balance = g.balance - wanted.amount, version = g.version + 1, updated_at = now()
    FROM wanted
    WHERE g.id = wanted.id AND g.balance >= wanted.amount AND g.is_active
        AND (g.expires_at IS NULL OR g.expires_at > statement_timestamp())
    """
)
_PUT_BACK = text(
    "UPDATE gift_cards SET balance = balance + :amount, version = version + 1, updated_at = now() WHERE id = :id"
)


class GiftCardRow(NamedTuple):
    """A gift card without its ledger."""

    id: UUID
    last_characters: str
    currency: str
    balance: Decimal
    expires_at: datetime | None
    is_active: bool
    note: str
    version: int
    created_at: datetime
    updated_at: datetime


class EntryRow(NamedTuple):
    """One change of a balance."""

    id: UUID
    delta: Decimal
    reason: str
    order_id: UUID | None
    actor_id: UUID | None
    created_at: datetime


def page(session: Session, *, limit: int, offset: int) -> tuple[Sequence[GiftCardRow], int]:
    """Return one page of gift cards, the newest first, and how many there are."""
    return crud.page(session, GiftCardRow, GiftCard, order_by=(GiftCard.id.desc(),), limit=limit, offset=offset)


def gift_card_by_id(session: Session, gift_card_id: UUID) -> GiftCardRow | None:
    """Return a gift card."""
    return crud.by_id(session, GiftCardRow, GiftCard, gift_card_id)


def add_gift_card(session: Session, **values: Any) -> GiftCardRow:
    """Make a gift card."""
    return crud.add(session, GiftCardRow, GiftCard, values)


def update_gift_card(
    session: Session, gift_card_id: UUID, version: int, values: Mapping[str, Any]
) -> GiftCardRow | None:
    """Change a gift card at a version; only entries change its balance."""
    return crud.update_version(session, GiftCardRow, GiftCard, gift_card_id, version, values)


def redeem(session: Session, shares: Mapping[UUID, Decimal]) -> bool:
    """Take money off gift cards; False when any of them has too little, and the transaction must not go on then."""
    rows = [{"id": str(card), "amount": str(amount)} for card, amount in shares.items()]
    return changed(session, _REDEEM, {"shares": Jsonb(rows)}) == len(shares)


def put_back(session: Session, gift_card_id: UUID, amount: Decimal) -> None:
    """Put money on a gift card."""
    session.execute(_PUT_BACK, {"id": gift_card_id, "amount": amount})


def add_entries(session: Session, entries: Sequence[Mapping[str, Any]]) -> None:
    """Write entries into the cards' ledger; all entries name the same columns."""
    session.execute(insert(GiftCardEntry), [{"id": uuid7()} | dict(entry) for entry in entries])


def entries_of_gift_card(session: Session, gift_card_id: UUID, *, limit: int) -> Sequence[EntryRow]:
    """Return a gift card's latest entries, the newest first."""
    rows = session.execute(
        select(*crud.columns(EntryRow, GiftCardEntry))
        .where(GiftCardEntry.gift_card_id == gift_card_id)
        .order_by(GiftCardEntry.id.desc())
        .limit(limit)
    )
    return [EntryRow._make(row) for row in rows]
