"""Products on sale as shoppers are shown them, built in advance as JSON."""

from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.index.models import ProductListing
from ravo.platform.database import Base


class ProductCard(Base):
    """A product's summary as JSON, with the stored paths of pictures. It is too wide for `product_listings`."""

    __tablename__ = "product_cards"

    product_id: Mapped[UUID] = mapped_column(
        ForeignKey(ProductListing.product_id, ondelete="CASCADE"), primary_key=True
    )
    card: Mapped[str] = mapped_column(Text)


class ProductPage(Base):
    """A product's detail in one language as JSON, with the stored paths of pictures."""

    __tablename__ = "product_pages"

    product_id: Mapped[UUID] = mapped_column(
        ForeignKey(ProductListing.product_id, ondelete="CASCADE"), primary_key=True
    )
    locale: Mapped[str] = mapped_column(Text, primary_key=True)
    page: Mapped[str] = mapped_column(Text)
