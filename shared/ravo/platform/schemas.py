"""What every schema at the edge shares: camelCase, unknown fields refused on the way in, money as decimal text."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from ravo.platform.money import CURRENCY_DIGITS, text_of

type UtcTime = Annotated[datetime, Field(description="ISO 8601, UTC")]


class Reply(BaseModel):
    """What goes out."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class Input(BaseModel):
    """What comes in: a field that we don't know is refused, since its sender expects something of it."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        str_strip_whitespace=True,
        # What a function imports of these it reads.
        defer_build=False,
    )


class Money(Reply):
    """An amount in the smallest unit's precision of its currency, as decimal text."""

    model_config = ConfigDict(frozen=True)

    amount: Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", examples=["49.90"])]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Self:
        """Write an amount with its currency's number of decimals."""
        return cls.model_construct(amount=text_of(amount, currency), currency=currency)


class MoneyInput(Input):
    """An amount that someone sends: not negative, no more decimals than its currency has, below a thousand million."""

    amount: Annotated[Decimal, Field(ge=0, lt=Decimal(10) ** 9, allow_inf_nan=False, examples=["49.90"])]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]

    @model_validator(mode="after")
    def _decimals_fit_currency(self) -> Self:
        digits = CURRENCY_DIGITS.get(self.currency)
        if digits is None:
            raise ValueError(f"{self.currency} is no currency that we know")
        if self.amount != round(self.amount, digits):
            raise ValueError(f"an amount in {self.currency} has at most {digits} decimals")
        return self
