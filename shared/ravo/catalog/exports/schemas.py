"""What comes out of exports."""

from datetime import datetime
from uuid import UUID

from ravo.platform.schemas import Reply


class ExportReply(Reply):
    """How far an export is. Once it is completed, `url` downloads the file for a quarter of an hour."""

    id: UUID
    status: str
    rows: int
    url: str | None
    created_at: datetime
    updated_at: datetime
