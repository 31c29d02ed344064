"""What staff send to refund an order."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from ravo.platform.schemas import Input, MoneyInput
from ravo.sales.carts.schemas import MOST_LINES
from ravo.sales.schemas import Note


class RefundLine(Input):
    order_item_id: UUID
    quantity: Annotated[int, Field(ge=1, le=99)]


class RefundInput(Input):
    """What goes back: an amount, or units of lines, or all that is left. `restock` puts units back into stock."""

    amount: MoneyInput | None = None
    items: Annotated[list[RefundLine], Field(max_length=MOST_LINES)] = Field(default_factory=list[RefundLine])
    restock: bool = False
    reason: Note = ""

    @model_validator(mode="after")
    def _one_of_two(self) -> "RefundInput":
        if self.amount and self.items:
            raise ValueError("send either amount or items")
        if self.amount and self.amount.amount <= Decimal(0):
            raise ValueError("amount must be more than zero")
        if self.amount and self.restock:
            raise ValueError("restock needs items; an amount does not say what to put back into stock")
        if len({item.order_item_id for item in self.items}) < len(self.items):
            raise ValueError("list each item only once")
        return self
