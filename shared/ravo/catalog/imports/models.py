"""Imports and their rows."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.uploads.models import Upload
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed


class Import(Identified, Timed, Base):
    """One run over one file.

    `phase` is what comes next (upload, stage, link, images, apply, done). `step` counts the chunks done: an event of
    another step is late and ignored. `position` is the byte of the next record while staging, `cursor` the last product
    key while applying, `pushes` how often it was pushed since it last moved by itself.
    """

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'running', 'completed', 'failed')", name="status_known"),
        Index("ix_imports_unfinished", "updated_at", postgresql_where=text("status IN ('queued', 'running')")),
    )

    format: Mapped[str] = mapped_column(String(16))
    mapping: Mapped[dict[str, str]] = mapped_column(JSONB)
    validate_only: Mapped[bool]
    upload_id: Mapped[UUID] = mapped_column(ForeignKey(Upload.id), index=True)
    images_upload_id: Mapped[UUID | None] = mapped_column(ForeignKey(Upload.id), index=True)
    status: Mapped[str] = mapped_column(String(16), server_default="queued")
    phase: Mapped[str] = mapped_column(String(16), server_default="upload")
    step: Mapped[int] = mapped_column(server_default="0")
    header: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    delimiter: Mapped[str] = mapped_column(String(1), server_default=",")
    position: Mapped[int] = mapped_column(BigInteger, server_default="0")
    line: Mapped[int] = mapped_column(server_default="1")
    size: Mapped[int] = mapped_column(BigInteger, server_default="0")
    cursor: Mapped[str] = mapped_column(Text, server_default="")
    products_total: Mapped[int] = mapped_column(server_default="0")
    products_done: Mapped[int] = mapped_column(server_default="0")
    pushes: Mapped[int] = mapped_column(server_default="0")
    failure: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")


class ImportRow(Base):
    """A record of the file, by the physical line that it begins on: what was read from it, and what became of it.

    `kind` is `product`, `variant`, `both` or `image`. `outcome` is empty until the row is processed, then `created`,
    `updated`, `unchanged` or `rejected`.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        Index("ix_import_rows_outcome", "import_id", "outcome", "line"),
        Index("ix_import_rows_product_key", "import_id", "product_key", "line"),
        Index("ix_import_rows_sku", "import_id", "sku", "line"),
    )

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    sku: Mapped[str | None] = mapped_column(Text)
    product_key: Mapped[str | None] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    product_outcome: Mapped[str | None] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
