"""The steps of an import: stage rows, link them, unpack pictures, apply. Each does a part and publishes the next."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.events import ProductsImported
from ravo.catalog.imports import queries
from ravo.catalog.imports.events import ImportAdvanced, ImportCompleted
from ravo.catalog.imports.formats import FORMATS, Format, parse
from ravo.catalog.imports.models import Import
from ravo.catalog.imports.pictures import service as pictures
from ravo.catalog.imports.plans import service as plans
from ravo.catalog.imports.queries import StagedRow
from ravo.catalog.imports.records import service as records
from ravo.catalog.uploads import queries as upload_queries
from ravo.catalog.uploads import service as uploads
from ravo.catalog.uploads.models import Upload
from ravo.platform import outbox, storage
from ravo.platform.database import reading, transaction
from ravo.platform.observability import logger
from ravo.platform.pending_work import PendingWork
from ravo.platform.time import now

ROWS_PER_STEP = 5_000
BYTES_PER_STEP = 8 * 1024 * 1024
PRODUCTS_PER_STEP = 200
UNDER_WAY = PendingWork("imports")


def advance(import_id: UUID, step: int) -> None:
    """Do one step of an import, if it is still the step that is due."""
    with reading() as session:
        due = queries.import_by_id(session, import_id)
        upload = upload_queries.upload_by_id(session, due.upload_id) if due else None
        images = upload_queries.upload_by_id(session, due.images_upload_id) if due and due.images_upload_id else None
    if due is None or upload is None or due.step != step or due.status in ("completed", "failed"):
        logger().info("import step is late", importId=str(import_id), step=step)
        return
    match due.phase:
        case "stage":
            _stage(due, upload)
        case "link":
            _link(due)
        case "images":
            _images(due, images)
        case _:
            _apply(due)


def begin(session: Session, waiting: Import) -> None:
    """Start an import whose files are there."""
    waiting.status = "running"
    name_next(session, waiting, "stage")


def name_next(session: Session, moved: Import, phase: str) -> None:
    """Publish the next step in the same transaction that did this one, so that neither happens without the other."""
    moved.phase = phase
    moved.step += 1
    moved.pushes = 0
    moved.updated_at = now()
    session.flush()
    outbox.record(session, ImportAdvanced(aggregate_id=moved.id, version=moved.step))
    UNDER_WAY.put(str(moved.id))


def _locked(session: Session, due: Import) -> Import | None:
    """Lock the import, unless another delivery of the same step was quicker."""
    current = queries.import_for_update(session, due.id)
    return current if current and current.step == due.step else None


def _stage(due: Import, upload: Upload) -> None:
    """Read the next rows of the file."""
    try:
        staged = _read_rows(due, upload)
    except records.Unreadable as error:
        with transaction() as session:
            current = _locked(session, due)
            if current:
                fail(session, current, str(error))
        return
    with transaction() as session:
        current = _locked(session, due)
        if current is None:
            return
        queries.add_rows(session, current.id, staged.rows)
        current.header, current.delimiter = staged.header, staged.delimiter
        current.position, current.line = staged.position, staged.line
        name_next(session, current, "link" if staged.ended else "stage")


@dataclass(frozen=True)
class _Staged:
    header: list[str]
    delimiter: str
    rows: list[StagedRow]
    position: int
    line: int
    ended: bool


def _read_rows(due: Import, upload: Upload) -> _Staged:
    chosen = FORMATS[due.format]
    with storage.open_from(uploads.bucket(), upload.key, offset=due.position) as stream:
        if due.header is None:
            header, delimiter, position, line = records.read_header(stream)
            _check_header(header, chosen, due.mapping)
        else:
            header, delimiter, position, line = due.header, due.delimiter, due.position, due.line
        rows: list[StagedRow] = []
        for record in records.read_records(stream, header, delimiter, position=position, line=line):
            rows.append(_row(record, chosen, due.mapping))
            position, line = record.end, record.next_line
            if len(rows) == ROWS_PER_STEP or position - due.position > BYTES_PER_STEP:
                return _Staged(header, delimiter, rows, position, line, ended=False)
    return _Staged(header, delimiter, rows, upload.size, line, ended=True)


def _check_header(header: list[str], chosen: Format, mapping: dict[str, str]) -> None:
    replaced = set(mapping.values())
    missing = [c for c in chosen.required if c not in header and chosen.mapping.get(c) not in replaced]
    missing += [column for column in mapping if column not in header]
    if missing:
        raise records.Unreadable(
            f"These columns are missing: {', '.join(missing[:20])}. Add them, or change the mapping."
        )


def _row(record: records.Record, chosen: Format, mapping: dict[str, str]) -> StagedRow:
    if record.problem:
        return StagedRow(record.line, "both", None, None, {}, "rejected", record.problem)
    draft = parse(chosen, mapping, record.cells)
    payload: dict[str, Any] = {"product": draft.product, "variant": draft.variant}
    if draft.links:
        payload["links"] = draft.links
    sku = draft.variant.get("sku") or (draft.product_key if draft.kind == "product" else None)
    outcome = "rejected" if draft.problems else None
    reason = "; ".join(draft.problems) or None
    return StagedRow(record.line, draft.kind, sku, draft.product_key, payload, outcome, reason)


def _link(due: Import) -> None:
    with transaction() as session:
        current = _locked(session, due)
        if current is None:
            return
        current.products_total = queries.link_rows(session, current.id)
        name_next(session, current, "images" if current.images_upload_id and not current.validate_only else "apply")


def _images(due: Import, images: Upload | None) -> None:
    """Unpack the pictures of the zip. A broken zip is noted, and affects no product."""
    note = pictures.unpack(uploads.bucket(), images.key) if images else None
    with transaction() as session:
        current = _locked(session, due)
        if current is None:
            return
        if note:
            current.notes = [*current.notes, note]
        name_next(session, current, "apply")


def _apply(due: Import) -> None:
    """Bring the next products into the shop."""
    with transaction() as session:
        current = _locked(session, due)
        if current is None:
            return
        keys = queries.next_keys(session, current.id, current.cursor, PRODUCTS_PER_STEP)
        if keys:
            rows = queries.rows_of(session, current.id, keys)
            applied = plans.apply(session, rows, write=not current.validate_only)
            queries.write_outcomes(session, current.id, applied.outcomes)
            current.cursor, current.products_done = keys[-1], current.products_done + len(keys)
            if applied.changed and not current.validate_only:
                event = ProductsImported(
                    aggregate_id=current.id,
                    version=current.step,
                    product_ids=sorted(applied.changed),
                    stock=applied.stock,
                )
                outbox.record(session, event)
        if len(keys) == PRODUCTS_PER_STEP:
            name_next(session, current, "apply")
        else:
            _end(session, current, "completed")


def fail(session: Session, failed: Import, reason: str) -> None:
    """Fail an import whose file as a whole can't be used."""
    failed.failure = reason
    _end(session, failed, "failed")


def _end(session: Session, ended: Import, status: str) -> None:
    ended.status, ended.phase, ended.updated_at = status, "done", now()
    session.flush()
    outbox.record(session, ImportCompleted(aggregate_id=ended.id, version=ended.step + 1, status=status))
