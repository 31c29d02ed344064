"""What staff send and see of gift cards."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, StringConstraints, model_validator

from ravo.platform.schemas import Input, Money, MoneyInput, Reply
from ravo.platform.time import now
from ravo.sales.schemas import Version

type GiftCardNote = Annotated[str, StringConstraints(max_length=500)]


class GiftCardInput(Input):
    """A card worth `amount`."""

    amount: MoneyInput
    expires_at: AwareDatetime | None = None
    note: GiftCardNote = ""

    @model_validator(mode="after")
    def _is_worth_something(self) -> Self:
        if not self.amount.amount:
            raise ValueError("amount must be more than zero")
        if self.expires_at and self.expires_at <= now():
            raise ValueError("expiresAt must be in the future")
        return self


class GiftCardChange(Input):
    """What is left out stays; a null `expiresAt` removes it. An inactive card can't pay but keeps its balance."""

    is_active: bool | None = None
    expires_at: AwareDatetime | None = None
    note: GiftCardNote | None = None
    version: Version


class GiftCardReply(Reply):
    """A card. Only its holder knows its code."""

    id: UUID
    last_characters: str
    balance: Money
    expires_at: datetime | None
    is_active: bool
    note: str
    version: int
    created_at: datetime
    updated_at: datetime


class IssuedGiftCard(GiftCardReply):
    """A card with its code, which is shown only this once."""

    code: str

    @classmethod
    def of(cls, card: GiftCardReply, *, code: str) -> Self:
        """Add to a card its code."""
        return cls.model_validate({**dict(card), "code": code})


class GiftCardEntryReply(Reply):
    """One change of a balance."""

    id: UUID
    delta: Money
    reason: str
    order_id: UUID | None
    actor_id: UUID | None
    created_at: datetime


class GiftCardDetail(GiftCardReply):
    """A card with its latest hundred changes, the newest first."""

    entries: list[GiftCardEntryReply]

    @classmethod
    def of(cls, card: GiftCardReply, *, entries: list[GiftCardEntryReply]) -> Self:
        """Add to a card its entries."""
        return cls.model_validate({**dict(card), "entries": entries})
