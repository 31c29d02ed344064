"""Tax rates as answers to staff."""

from sqlalchemy.orm import Session

from ravo.platform.paging import Page, Paging
from ravo.sales.replies import percent_of
from ravo.sales.taxes import queries
from ravo.sales.taxes.queries import TaxRateRow
from ravo.sales.taxes.schemas import TaxRateReply


def tax_rate_of(row: TaxRateRow) -> TaxRateReply:
    """Return a tax rate."""
    return TaxRateReply(
        id=row.id,
        country=row.country,
        region=row.region,
        tax_class=row.tax_class,
        name=row.name,
        percent=percent_of(row.rate * 100),
        prices_include=row.prices_include,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def page_of_tax_rates(session: Session, paging: Paging, *, country: str | None) -> tuple[list[TaxRateReply], Page]:
    """Return one page of tax rates by place."""
    rows, total = queries.page(session, country=country, limit=paging.limit, offset=paging.offset)
    return [tax_rate_of(row) for row in rows], Page.of(paging, total)
