"""Tax rates."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed


class TaxRate(Identified, Timed, Base):
    """The tax on a class of products in a place. An empty `region` is the whole country.

    `prices_include` says that prices shown there include the tax.
    """

    __tablename__ = "tax_rates"
    __table_args__ = (
        UniqueConstraint("country", "region", "tax_class", name="uq_tax_rates_place_class"),
        CheckConstraint("rate >= 0 AND rate <= 1", name="rate_is_a_share"),
    )

    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(16), server_default="")
    tax_class: Mapped[str] = mapped_column(String(64), server_default="standard")
    name: Mapped[str] = mapped_column(String(64))
    # A share: 0.19 is nineteen percent.
    rate: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    prices_include: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default="1")
