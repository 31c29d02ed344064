"""Gift cards as answers to staff."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.paging import Page, Paging
from ravo.platform.schemas import Money
from ravo.sales.gift_cards import queries, service
from ravo.sales.gift_cards.queries import EntryRow, GiftCardRow
from ravo.sales.gift_cards.schemas import GiftCardDetail, GiftCardEntryReply, GiftCardReply, IssuedGiftCard

ENTRIES_SHOWN = 100


def gift_card_of(row: GiftCardRow) -> GiftCardReply:
    """Return a gift card without its entries."""
    return GiftCardReply(
        id=row.id,
        last_characters=row.last_characters,
        balance=Money.of(row.balance, row.currency),
        expires_at=row.expires_at,
        is_active=row.is_active,
        note=row.note,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def issued_gift_card(row: GiftCardRow, code: str) -> IssuedGiftCard:
    """Return a new gift card with its code."""
    return IssuedGiftCard.of(gift_card_of(row), code=code)


def gift_card_by_id(session: Session, gift_card_id: UUID) -> GiftCardDetail:
    """Return a gift card with its latest entries. Refuses with `GiftCardNotFound`."""
    card = service.find(session, gift_card_id)
    entries = queries.entries_of_gift_card(session, gift_card_id, limit=ENTRIES_SHOWN)
    return GiftCardDetail.of(gift_card_of(card), entries=[_entry(row, card.currency) for row in entries])


def page_of_gift_cards(session: Session, paging: Paging) -> tuple[list[GiftCardReply], Page]:
    """Return one page of gift cards, the newest first."""
    rows, total = queries.page(session, limit=paging.limit, offset=paging.offset)
    return [gift_card_of(row) for row in rows], Page.of(paging, total)


def _entry(row: EntryRow, currency: str) -> GiftCardEntryReply:
    return GiftCardEntryReply(
        id=row.id,
        delta=Money.of(row.delta, currency),
        reason=row.reason,
        order_id=row.order_id,
        actor_id=row.actor_id,
        created_at=row.created_at,
    )
