"""The rules of tax rates. Orders keep the rate that they were taxed at."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import VersionConflict
from ravo.platform.patching import sent
from ravo.sales.taxes import queries
from ravo.sales.taxes.errors import TaxRateNotFound, TaxRateTaken
from ravo.sales.taxes.queries import TaxRateRow
from ravo.sales.taxes.schemas import TaxRateChange, TaxRateInput


def create(session: Session, given: TaxRateInput) -> TaxRateRow:
    """Make a tax rate. Refuses with `TaxRateTaken`."""
    values = given.model_dump(exclude={"percent"})
    with raising_for_constraints({"uq_tax_rates_place_class": TaxRateTaken}):
        return queries.add_tax_rate(session, **values, rate=given.percent / 100)


def change(session: Session, tax_rate_id: UUID, given: TaxRateChange) -> TaxRateRow:
    """Change what was sent. Refuses with `TaxRateNotFound` or `VersionConflict`."""
    if queries.tax_rate_by_id(session, tax_rate_id) is None:
        raise TaxRateNotFound
    values = sent(given)
    if "percent" in values:
        values["rate"] = values.pop("percent") / 100
    changed = queries.update_tax_rate(session, tax_rate_id, given.version, values)
    if changed is None:
        raise VersionConflict
    return changed


def delete(session: Session, tax_rate_id: UUID) -> None:
    """Delete a tax rate. Its place is then taxed like its country, or not at all. Refuses with `TaxRateNotFound`."""
    if not queries.delete_tax_rate(session, tax_rate_id):
        raise TaxRateNotFound
