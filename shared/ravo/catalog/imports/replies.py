"""Imports as staff see them."""

import csv
import io
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.imports import queries, service
from ravo.catalog.imports.fields import escape_formula
from ravo.catalog.imports.models import Import, ImportRow
from ravo.catalog.imports.schemas import Counts, ImportReply, ImportSummary, RowReply
from ravo.platform.paging import Page, Paging

OUTCOMES = ("created", "updated", "unchanged", "rejected")
ERRORS_PER_FILE = 100_000


def import_of(session: Session, import_id: UUID) -> ImportReply:
    """Return how far an import is. Refuses with `ImportNotFound`."""
    found = service.get(session, import_id)
    counted = {(row.what, row.outcome): row.number for row in queries.counts(session, import_id)}
    return ImportReply(
        id=found.id,
        format=found.format,
        validate_only=found.validate_only,
        status=found.status,
        phase=found.phase,
        progress=_progress(found),
        products=_counts(counted, "products", rows=found.products_total),
        variants=_counts(counted, "variants"),
        failure=found.failure,
        notes=found.notes,
        created_at=found.created_at,
        updated_at=found.updated_at,
    )


def page_of_imports(session: Session, paging: Paging) -> tuple[Sequence[ImportSummary], Page]:
    """Return one page of imports, the newest first."""
    rows = queries.page_of_imports(session, limit=paging.limit, offset=paging.offset)
    return [ImportSummary.model_validate(row) for row in rows], Page.of(paging, queries.count_imports(session))


def page_of_rows(
    session: Session, import_id: UUID, outcome: str | None, paging: Paging
) -> tuple[Sequence[RowReply], Page]:
    """Return one page of an import's rows by line. Refuses with `ImportNotFound`."""
    service.get(session, import_id)
    rows = queries.page_of_rows(session, import_id, outcome, limit=paging.limit, offset=paging.offset)
    return [RowReply.model_validate(row) for row in rows], Page.of(
        paging, queries.count_rows(session, import_id, outcome)
    )


def errors_as_csv(session: Session, import_id: UUID) -> bytes:
    """Return the rejected rows as a CSV that a spreadsheet opens safely. Refuses with `ImportNotFound`."""
    service.get(session, import_id)
    rows = queries.page_of_rows(session, import_id, "rejected", limit=ERRORS_PER_FILE, offset=0)
    return _as_csv(rows).encode("utf-8-sig")


def _as_csv(rows: Sequence[ImportRow]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("line", "sku", "reason"))
    writer.writerows((row.line, escape_formula(row.sku or ""), escape_formula(row.reason or "")) for row in rows)
    return text.getvalue()


def _progress(found: Import) -> int:
    """Reading counts for a third, applying for the rest."""
    if found.phase == "done":
        return 100
    read = found.position / found.size if found.size else 0.0
    done = found.products_done / found.products_total if found.products_total else 0.0
    return min(99, int(33 * min(read, 1.0) + 66 * done))


def _counts(counted: dict[tuple[str, str], int], what: str, *, rows: int | None = None) -> Counts:
    known = {outcome: counted.get((what, outcome), 0) for outcome in OUTCOMES}
    every = sum(count for (kind, _), count in counted.items() if kind == what)
    return Counts(rows=every if rows is None else rows, **known)
