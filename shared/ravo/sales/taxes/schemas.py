"""What staff send and see of tax rates."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from ravo.platform.addresses import CountryCode, RegionCode
from ravo.platform.schemas import Input, Reply
from ravo.sales.schemas import TermName, Version

type TaxPercent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=4, allow_inf_nan=False, examples=["19"])]


class TaxRateInput(Input):
    """The tax on a class of products in a place. Without a region it applies to the whole country."""

    country: CountryCode
    region: RegionCode = ""
    tax_class: TermName = "standard"
    name: TermName
    percent: TaxPercent
    # Whether prices shown there include the tax.
    prices_include: bool = False


class TaxRateChange(Input):
    """What is left out stays as it is. Another place or class is another rate."""

    name: TermName | None = None
    percent: TaxPercent | None = None
    prices_include: bool | None = None
    version: Version


class TaxRateReply(Reply):
    id: UUID
    country: str
    region: str
    tax_class: str
    name: str
    percent: Annotated[str, Field(examples=["19"])]
    prices_include: bool
    version: int
    created_at: datetime
    updated_at: datetime
