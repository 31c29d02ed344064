"""The rules of gift cards. A card's balance only changes by entries in its ledger."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.errors import VersionConflict
from ravo.platform.patching import sent
from ravo.sales.codes import hash_of, new_gift_card_code
from ravo.sales.gift_cards import queries
from ravo.sales.gift_cards.errors import GiftCardNotFound, GiftCardUsedUp
from ravo.sales.gift_cards.queries import GiftCardRow
from ravo.sales.gift_cards.schemas import GiftCardChange, GiftCardInput

# What the first entry of every card refers to.
ISSUE = "issue"
_NULLABLE = frozenset({"expires_at"})


def issue(session: Session, given: GiftCardInput, *, actor_id: UUID) -> tuple[GiftCardRow, str]:
    """Issue a card; returns it with its code, which can't be recovered later."""
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
    entry = {"gift_card_id": card.id, "delta": given.amount.amount, "reason": "issued", "reference": ISSUE}
    queries.add_entries(session, [entry | {"actor_id": actor_id}])
    return card, code


def find(session: Session, gift_card_id: UUID) -> GiftCardRow:
    """Return a card. Refuses with `GiftCardNotFound`."""
    card = queries.gift_card_by_id(session, gift_card_id)
    if card is None:
        raise GiftCardNotFound
    return card


def change(session: Session, gift_card_id: UUID, given: GiftCardChange) -> GiftCardRow:
    """Switch a card off or on, or change when it expires. Refuses with `GiftCardNotFound` or `VersionConflict`."""
    find(session, gift_card_id)
    changed = queries.update_gift_card(session, gift_card_id, given.version, sent(given, nullable=_NULLABLE))
    if changed is None:
        raise VersionConflict
    return changed


def redeem(session: Session, order_id: UUID, shares: Mapping[UUID, Decimal]) -> None:
    """Take from gift cards what they pay for an order. Refuses with `GiftCardUsedUp`."""
    if not shares:
        return
    if not queries.redeem(session, shares):
        raise GiftCardUsedUp
    reference = f"order:{order_id}"
    of_order = {"order_id": order_id, "reason": "redeemed", "reference": reference}
    queries.add_entries(
        session, [of_order | {"gift_card_id": card, "delta": -amount} for card, amount in shares.items()]
    )


def put_back(session: Session, gift_card_id: UUID, amount: Decimal, *, order_id: UUID, reference: str) -> None:
    """Give a gift card back what it paid for an order, or a part of it."""
    queries.put_back(session, gift_card_id, amount)
    entry = {"gift_card_id": gift_card_id, "order_id": order_id, "reason": "refunded", "reference": reference}
    queries.add_entries(session, [entry | {"delta": amount}])
