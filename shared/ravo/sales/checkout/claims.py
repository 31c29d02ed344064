"""What an order takes for itself beside stock: uses of promotions, and money on gift cards; and how it gives them back."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.errors import Detail
from ravo.sales.checkout import queries
from ravo.sales.errors import GiftCardUsedUp, PromotionUsedUp
from ravo.sales.quotes.service import Quote


def claim_promotions(session: Session, quoted: Quote, *, customer: str) -> dict[UUID, Decimal]:
    """Use each promotion that took something off once, and return by id what it took. Refuses with `PromotionUsedUp`, naming those of which none is left.

    Promotions without limits are not counted: their row would be what all checkouts wait for.
    """
    applied = {each.offer.id: each for each in quoted.priced.applied}
    limited = [each for each in applied if any(quoted.limits[each])]
    if limited:
        left = queries.count_uses(session, limited)
        used = queries.used_by_customer(session, limited, customer)
        out = [
            each
            for each in limited
            if each not in left or used.get(each, 0) >= (quoted.limits[each][1] or used.get(each, 0) + 1)
        ]
        if out:
            raise PromotionUsedUp(details=[Detail(str(each), applied[each].offer.name) for each in out])
    return {each: use.saved for each, use in applied.items()}


def claim_gift_cards(session: Session, order_id: UUID, quoted: Quote) -> None:
    """Take from gift cards what they pay. Refuses with `GiftCardUsedUp`."""
    if not quoted.gift_cards:
        return
    if not queries.redeem(session, {card.id: card.amount for card in quoted.gift_cards}):
        raise GiftCardUsedUp
    queries.add_gift_card_entries(
        session,
        [
            {
                "gift_card_id": card.id,
                "order_id": order_id,
                "delta": -card.amount,
                "reason": "redeemed",
                "reference": f"order:{order_id}",
            }
            for card in quoted.gift_cards
        ],
    )


def give_back_promotions(session: Session, order_id: UUID) -> None:
    """Let the promotions of an order that is called off be used again."""
    queries.give_back_uses(session, order_id)


def put_on_gift_card(session: Session, gift_card_id: UUID, amount: Decimal, *, order_id: UUID, reference: str) -> None:
    """Give a gift card back what it paid of an order, or a part of it."""
    queries.put_on_gift_card(session, gift_card_id, amount)
    entry = {
        "gift_card_id": gift_card_id,
        "order_id": order_id,
        "delta": amount,
        "reason": "refunded",
        "reference": reference,
    }
    queries.add_gift_card_entries(session, [entry])
