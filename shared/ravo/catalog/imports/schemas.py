"""What goes in and out of imports."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from ravo.platform.schemas import Input, Reply

type Outcome = Literal["created", "updated", "unchanged", "rejected"]


class ImportInput(Input):
    """A file's rows in `csv`, or its `uploadId`. `mapping` maps columns to fields; an empty field ignores one."""

    format: Literal["magento", "shopify", "custom"]
    mapping: Annotated[dict[Annotated[str, StringConstraints(max_length=200)], str], Field(max_length=200)] = {}
    validate_only: bool = False
    csv: str | None = None
    upload_id: UUID | None = None
    images_upload_id: UUID | None = None


class Counts(Reply):
    """What became of the products, or of the variants, of a file."""

    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int


class ImportReply(Reply):
    """How far an import is. `progress` goes from 0 to 100."""

    id: UUID
    format: str
    validate_only: bool
    status: str
    phase: str
    progress: int
    products: Counts
    variants: Counts
    failure: str | None
    notes: list[str]
    created_at: datetime
    updated_at: datetime


class ImportSummary(Reply):
    """An import in the list."""

    id: UUID
    format: str
    validate_only: bool
    status: str
    created_at: datetime
    updated_at: datetime


class RowReply(Reply):
    """What became of one row; `line` is the line of the file on which it begins."""

    line: int
    sku: str | None
    outcome: str | None
    reason: str | None
