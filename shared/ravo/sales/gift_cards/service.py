"""Gift cards: issued, looked at, switched off. A card's balance changes by entries of its ledger alone."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.errors import VersionConflict
from ravo.platform.patching import sent
from ravo.sales.codes import hash_of, new_gift_card_code
from ravo.sales.gift_cards.schemas import GiftCardChange, GiftCardInput
from ravo.sales.terms import queries
from ravo.sales.terms.errors import GiftCardNotFound

# What the first entry of every card refers to.
ISSUE = "issue"
_NULLABLE = frozenset({"expires_at"})


def issue(session: Session, given: GiftCardInput, *, actor_id: UUID) -> tuple[Any, str]:
    """Issue a card; returns it with its code, which nobody can find out again."""
    code = new_gift_card_code()
    card = queries.add_gift_card(
        session,
        code_hash=hash_of(code),
        last_characters=code[-4:],
        currency=given.amount.currency,
        balance=given.amount.amount,
        expires_at=given.expires_at,
        note=given.note,
    )
    entry: dict[str, Any] = {"gift_card_id": card.id, "delta": given.amount.amount}
    queries.add_entry(session, **entry, reason="issued", reference=ISSUE, actor_id=actor_id)
    return card, code


def find(session: Session, gift_card_id: UUID) -> Any:
    """Return a card. Refuses with `GiftCardNotFound`."""
    card = queries.gift_card_by_id(session, gift_card_id)
    if card is None:
        raise GiftCardNotFound
    return card


def change(session: Session, gift_card_id: UUID, given: GiftCardChange) -> Any:
    """Switch a card off or on, or change until when it pays. Refuses with `GiftCardNotFound` or `VersionConflict`."""
    find(session, gift_card_id)
    changed = queries.update_gift_card(session, gift_card_id, given.version, sent(given, nullable=_NULLABLE))
    if changed is None:
        raise VersionConflict
    return changed
