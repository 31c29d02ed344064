"""Exports: requested, written by a job in the columns of the `custom` format, downloaded by a link that expires."""

import csv
import io
import tempfile
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.exports import queries
from ravo.catalog.exports.errors import ExportNotFound
from ravo.catalog.exports.events import ExportRequested
from ravo.catalog.exports.models import Export
from ravo.catalog.exports.replies import COLUMNS, export_of, rows_of
from ravo.catalog.exports.schemas import ExportReply
from ravo.catalog.imports.fields import escape_formula
from ravo.platform import outbox, storage
from ravo.platform.database import reading, transaction
from ravo.platform.events import Envelope
from ravo.platform.ids import uuid7
from ravo.platform.inbox import first_time
from ravo.platform.settings import settings

CONSUMER = "write_export"
PRODUCTS_PER_PAGE = 500


def create(session: Session) -> ExportReply:
    """Request an export of the whole catalogue."""
    export_id = uuid7()
    made = Export(id=export_id, key=f"exports/{export_id}.csv", status="queued", rows=0)
    session.add(made)
    session.flush()
    outbox.record(session, ExportRequested(aggregate_id=export_id, version=1))
    return export_of(made)


def get(session: Session, export_id: UUID) -> ExportReply:
    """Return how far an export is. Refuses with `ExportNotFound`."""
    found = session.get(Export, export_id)
    if found is None:
        raise ExportNotFound
    return export_of(found)


def write(envelope: Envelope) -> None:
    """Write the file, then mark the export as completed. Doing it again writes the same file."""
    rows = 0
    with tempfile.TemporaryFile() as file:
        stream = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for row in _rows():
            writer.writerow({name: escape_formula(cell) for name, cell in row.items()})
            rows += 1
        stream.flush()
        file.seek(0)
        key = f"exports/{envelope.aggregate_id}.csv"
        storage.write(str(settings().uploads_bucket), key, file, content_type="text/csv; charset=utf-8")
        stream.detach()
    with transaction() as session:
        if first_time(session, consumer=CONSUMER, event_id=envelope.id):
            done = session.get(Export, envelope.aggregate_id)
            if done:
                done.status, done.rows = "completed", rows


def _rows() -> Iterator[dict[str, str]]:
    """Yield one row per variant, page by page; the first row holds the product's own columns."""
    after = ""
    while True:
        with reading() as session:
            page = queries.page_of_products(session, after=after, limit=PRODUCTS_PER_PAGE)
        for row in page:
            yield from rows_of(row)
        if len(page) < PRODUCTS_PER_PAGE:
            return
        after = page[-1].product["sku"]
