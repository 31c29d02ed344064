"""Imports: asked for, moved on step by step, resumed where they stalled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.events import ProductsImported
from ravo.catalog.imports import applying, pictures, queries, reading
from ravo.catalog.imports.errors import ImportNotFound, OneSource, UnknownField, UploadNotFound
from ravo.catalog.imports.events import ImportAdvanced, ImportCompleted
from ravo.catalog.imports.fields import PRODUCT_FIELDS, VARIANT_FIELDS
from ravo.catalog.imports.formats import FORMATS, parse
from ravo.catalog.imports.models import Import, Upload
from ravo.catalog.imports.schemas import ImportInput, UploadInput
from ravo.platform import outbox, storage, valkey
from ravo.platform.database import reading as reading_session
from ravo.platform.database import transaction
from ravo.platform.errors import Detail
from ravo.platform.ids import uuid7
from ravo.platform.observability import logger
from ravo.platform.settings import settings
from ravo.platform.time import now

ROWS_PER_STEP = 5_000
PRODUCTS_PER_STEP = 200
# A step takes seconds; one that has not moved for so long was lost with its queue or its process.
STALLED_AFTER = timedelta(minutes=2)
UNDER_WAY = "imports:under-way"


@dataclass(frozen=True)
class Prepared:
    """An import that is asked for, its inline rows stored where uploads are."""

    given: ImportInput
    upload: Upload | None


def new_upload(session: Session, given: UploadInput) -> tuple[Upload, storage.PresignedRequest]:
    """Allow a file to come, and say how it must be sent."""
    upload_id = uuid7()
    ending = given.filename.rpartition(".")[2].lower()
    upload = Upload(id=upload_id, filename=given.filename, key=f"uploads/{upload_id}.{ending}", size=given.size)
    session.add(upload)
    content_type = "text/csv" if ending == "csv" else "application/zip"
    return upload, storage.presign_upload(_bucket(), upload.key, content_type=content_type, size=given.size)


def prepare(given: ImportInput) -> Prepared:
    """Check what an import asks for, and store its inline rows as if they had been uploaded; before the transaction, since S3 is far.

    Refuses with `OneSource` or `UnknownField`.
    """
    if (given.csv is None) == (given.upload_id is None):
        raise OneSource
    known = {*PRODUCT_FIELDS, *VARIANT_FIELDS, ""}
    unknown = [name for name in given.mapping.values() if name not in known]
    if unknown:
        raise UnknownField(details=[Detail("mapping", f"{name!r} is no field") for name in unknown[:20]])
    if given.csv is None:
        return Prepared(given, None)
    upload_id, body = uuid7(), given.csv.encode("utf-8")
    key = f"inline/{upload_id}.csv"
    storage.write(_bucket(), key, body, content_type="text/csv")
    return Prepared(given, Upload(id=upload_id, filename="inline.csv", key=key, size=len(body), received=True))


def create(session: Session, prepared: Prepared) -> Import:
    """Ask for an import. It begins at once, or when its files are there. Refuses with `UploadNotFound`."""
    given = prepared.given
    wanted = sorted({upload_id for upload_id in (given.upload_id, given.images_upload_id) if upload_id})
    found = {upload_id: queries.upload_for_update(session, upload_id) for upload_id in wanted}
    if not all(found.values()):
        raise UploadNotFound
    upload = prepared.upload or found[given.upload_id]  # pyright: ignore[reportArgumentType]  (one of them is there)
    assert upload is not None
    if prepared.upload:
        session.add(prepared.upload)
        session.flush()
    made = Import(
        id=uuid7(),
        format=given.format,
        mapping=given.mapping,
        validate_only=given.validate_only,
        upload_id=upload.id,
        images_upload_id=given.images_upload_id,
        size=upload.size,
        status="queued",
        phase="upload",
        step=0,
    )
    session.add(made)
    session.flush()
    session.refresh(made)
    if upload.received and all(found[each] and found[each].received for each in wanted):  # pyright: ignore[reportOptionalMemberAccess]
        _begin(session, made)
    return made


def received(session: Session, key: str) -> None:
    """A file has arrived: begin the imports that waited for it and have all that they need."""
    upload_id = queries.receive_upload(session, key)
    if upload_id is None:
        logger().warning("a file arrived that nobody asked for", key=key)
        return
    for waiting in queries.waiting_for_update(session, upload_id):
        needed = [each for each in (waiting.upload_id, waiting.images_upload_id) if each]
        uploads = [queries.upload_by_id(session, each) for each in needed]
        if all(upload and upload.received for upload in uploads):
            _begin(session, waiting)


def advance(import_id: UUID, step: int) -> None:
    """Do one step of an import, if it is still the step that is due."""
    with reading_session() as session:
        due = queries.import_by_id(session, import_id)
        upload = queries.upload_by_id(session, due.upload_id) if due else None
        images = queries.upload_by_id(session, due.images_upload_id) if due and due.images_upload_id else None
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


def resume(*, force: bool) -> int:
    """Give imports that have stalled their next push; returns how many. Asks Valkey first, so that a paused database stays asleep."""
    if not force and not _may_be_under_way():
        return 0
    before = now() if force else now() - STALLED_AFTER
    _look_for_uploads()
    with transaction() as session:
        stalled = queries.stalled_for_update(session, before)
        for each in stalled:
            if each.phase != "upload":
                _next(session, each, each.phase)
        unfinished = len(stalled)
    if force and not unfinished:
        _forget_under_way()
    return unfinished


def _look_for_uploads() -> None:
    """Ask S3 for files that imports wait for: the word of their arrival may have been lost."""
    with reading_session() as session:
        missing = queries.awaited_uploads(session)
    for upload in missing:
        if storage.size_of(_bucket(), upload.key) is not None:
            with transaction() as session:
                received(session, upload.key)


def get(session: Session, import_id: UUID) -> Import:
    """Return an import. Refuses with `ImportNotFound`."""
    found = queries.import_by_id(session, import_id)
    if found is None:
        raise ImportNotFound
    return found


def _begin(session: Session, waiting: Import) -> None:
    waiting.status = "running"
    _next(session, waiting, "stage")


def _next(session: Session, moved: Import, phase: str) -> None:
    """Name the next step in the same transaction that did this one, so that neither happens without the other."""
    moved.phase = phase
    moved.step += 1
    moved.updated_at = now()
    session.flush()
    outbox.record(session, ImportAdvanced(aggregate_id=moved.id, version=moved.step))
    try:
        valkey.ask(lambda client: client.set(UNDER_WAY, 1))
    except valkey.ValkeyUnavailable:
        logger().info("import mark not set", importId=str(moved.id))


def _locked(session: Session, due: Import) -> Import | None:
    """Lock the import, unless another delivery of the same step was quicker."""
    current = queries.import_for_update(session, due.id)
    return current if current and current.step == due.step else None


def _stage(due: Import, upload: Upload) -> None:
    """Read the next rows of the file."""
    try:
        staged = _read_rows(due, upload)
    except reading.Unreadable as error:
        _fail(due, str(error))
        return
    with transaction() as session:
        current = _locked(session, due)
        if current is None:
            return
        queries.add_rows(session, current.id, staged.rows)
        current.header, current.delimiter = staged.header, staged.delimiter
        current.position, current.line = staged.position, staged.line
        _next(session, current, "link" if staged.ended else "stage")


@dataclass(frozen=True)
class _Staged:
    header: list[str]
    delimiter: str
    rows: list[tuple[Any, ...]]
    position: int
    line: int
    ended: bool


def _read_rows(due: Import, upload: Upload) -> _Staged:
    chosen = FORMATS[due.format]
    with storage.open_from(_bucket(), upload.key, offset=due.position) as stream:
        if due.header is None:
            header, delimiter, position, line = reading.read_header(stream)
            _check_header(header, chosen.required, due.mapping)
        else:
            header, delimiter, position, line = due.header, due.delimiter, due.position, due.line
        rows: list[tuple[Any, ...]] = []
        for record in reading.read_records(stream, header, delimiter, position=position, line=line):
            rows.append(_row(record, chosen, due.mapping))
            position, line = record.end, record.next_line
            if len(rows) == ROWS_PER_STEP:
                return _Staged(header, delimiter, rows, position, line, ended=False)
    return _Staged(header, delimiter, rows, upload.size, line, ended=True)


def _check_header(header: list[str], required: Sequence[str], mapping: dict[str, str]) -> None:
    absent = [column for column in (*required, *mapping) if column not in header]
    renamed = {name for name in mapping.values() if name}
    missing = [column for column in absent if column not in renamed]
    if missing:
        raise reading.Unreadable(f"These columns are missing: {', '.join(missing[:20])}.")


def _row(record: reading.Record, chosen: Any, mapping: dict[str, str]) -> tuple[Any, ...]:
    if record.problem:
        return record.line, "both", None, None, {}, "rejected", record.problem
    draft = parse(chosen, mapping, record.cells)
    payload: dict[str, Any] = {"product": draft.product, "variant": draft.variant}
    if draft.links:
        payload["links"] = draft.links
    sku = draft.variant.get("sku") or (draft.product_key if draft.kind == "product" else None)
    outcome = "rejected" if draft.problems else None
    return record.line, draft.kind, sku, draft.product_key, payload, outcome, "; ".join(draft.problems) or None


def _link(due: Import) -> None:
    with transaction() as session:
        current = _locked(session, due)
        if current is None:
            return
        current.products_total = queries.link_rows(session, current.id)
        _next(session, current, "images" if current.images_upload_id and not current.validate_only else "apply")


def _images(due: Import, images: Upload | None) -> None:
    """Take the pictures out of the zip. A zip that is broken is noted, and spoils no product."""
    note = pictures.unpack(_bucket(), images.key) if images else None
    with transaction() as session:
        current = _locked(session, due)
        if current is None:
            return
        if note:
            current.notes = [*current.notes, note]
        _next(session, current, "apply")


def _apply(due: Import) -> None:
    """Bring the next products into the shop."""
    with transaction() as session:
        current = _locked(session, due)
        if current is None:
            return
        keys = queries.next_keys(session, current.id, current.cursor, PRODUCTS_PER_STEP)
        if keys:
            rows = queries.rows_of(session, current.id, keys)
            applied = applying.apply(session, rows, write=not current.validate_only)
            queries.settle(session, current.id, applied.settled)
            current.cursor, current.products_done = keys[-1], current.products_done + len(keys)
            if applied.changed and not current.validate_only:
                event = ProductsImported(
                    aggregate_id=current.id, version=current.step, product_ids=sorted(applied.changed)
                )
                outbox.record(session, event)
        if len(keys) == PRODUCTS_PER_STEP:
            _next(session, current, "apply")
        else:
            _end(session, current, "completed")


def _fail(due: Import, reason: str) -> None:
    with transaction() as session:
        current = _locked(session, due)
        if current:
            current.failure = reason
            _end(session, current, "failed")


def _end(session: Session, ended: Import, status: str) -> None:
    ended.status, ended.phase, ended.updated_at = status, "done", now()
    session.flush()
    outbox.record(session, ImportCompleted(aggregate_id=ended.id, version=ended.step + 1, status=status))


def _may_be_under_way() -> bool:
    try:
        return bool(valkey.ask(lambda client: client.exists(UNDER_WAY)))
    except valkey.ValkeyUnavailable:
        return True


def _forget_under_way() -> None:
    try:
        valkey.ask(lambda client: client.delete(UNDER_WAY))
    except valkey.ValkeyUnavailable:
        logger().info("import mark not cleared")


def _bucket() -> str:
    bucket = settings().uploads_bucket
    assert bucket is not None
    return bucket
