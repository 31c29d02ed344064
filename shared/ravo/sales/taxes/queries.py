"""The SQL of tax rates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ravo.platform import crud
from ravo.sales.taxes.models import TaxRate


class TaxRateRow(NamedTuple):
    """A tax rate; `rate` is a share."""

    id: UUID
    country: str
    region: str
    tax_class: str
    name: str
    rate: Decimal
    prices_include: bool
    version: int
    created_at: datetime
    updated_at: datetime


def page(session: Session, *, country: str | None, limit: int, offset: int) -> tuple[Sequence[TaxRateRow], int]:
    """Return one page of tax rates by place, and how many there are."""
    where = [TaxRate.country == country] if country else []
    order = (TaxRate.country, TaxRate.region, TaxRate.tax_class)
    return crud.page(session, TaxRateRow, TaxRate, where=where, order_by=order, limit=limit, offset=offset)


def tax_rate_by_id(session: Session, tax_rate_id: UUID) -> TaxRateRow | None:
    """Return a tax rate."""
    return crud.by_id(session, TaxRateRow, TaxRate, tax_rate_id)


def add_tax_rate(session: Session, **values: Any) -> TaxRateRow:
    """Make a tax rate."""
    return crud.add(session, TaxRateRow, TaxRate, values)


def update_tax_rate(session: Session, tax_rate_id: UUID, version: int, values: Mapping[str, Any]) -> TaxRateRow | None:
    """Change a tax rate at a version."""
    return crud.update_version(session, TaxRateRow, TaxRate, tax_rate_id, version, values)


def delete_tax_rate(session: Session, tax_rate_id: UUID) -> bool:
    """Delete a tax rate; returns whether there was one."""
    return session.scalar(delete(TaxRate).where(TaxRate.id == tax_rate_id).returning(TaxRate.id)) is not None
