"""The rules of imports: requested, moved on step by step, resumed where they stalled."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.imports import queries
from ravo.catalog.imports.errors import ImportNotFound, OneSource, UnknownField
from ravo.catalog.imports.fields import PRODUCT_FIELDS, VARIANT_FIELDS
from ravo.catalog.imports.models import Import
from ravo.catalog.imports.schemas import ImportInput
from ravo.catalog.imports.steps import service as steps
from ravo.catalog.uploads import queries as upload_queries
from ravo.catalog.uploads import service as uploads
from ravo.catalog.uploads.errors import UploadNotFound
from ravo.catalog.uploads.models import Upload
from ravo.platform import storage
from ravo.platform.database import reading, transaction
from ravo.platform.errors import Detail
from ravo.platform.ids import uuid7
from ravo.platform.observability import logger
from ravo.platform.time import now

# A step takes seconds; one that has not moved for so long was lost with its queue or its process.
STALLED_AFTER = timedelta(minutes=2)
# The request that uploads a file is valid for a quarter of an hour; a file that has not come by then never will.
MOST_PUSHES = 10
WAITING_FOR_FILE = timedelta(hours=1)


@dataclass(frozen=True)
class Prepared:
    """A requested import, its inline rows stored as an upload."""

    given: ImportInput
    upload: Upload | None


def prepare(given: ImportInput) -> Prepared:
    """Check the input of an import, and store its inline rows as an upload. No transaction may be open: it calls S3.

    Refuses with `OneSource` or `UnknownField`.
    """
    if (given.csv is None) == (given.upload_id is None):
        raise OneSource
    known = {*PRODUCT_FIELDS, *VARIANT_FIELDS, ""}
    unknown = [name for name in given.mapping.values() if name not in known]
    if unknown:
        raise UnknownField(details=[Detail("mapping", f"{name!r} is not a field") for name in unknown[:20]])
    if given.csv is None:
        return Prepared(given, None)
    upload_id, body = uuid7(), given.csv.encode("utf-8")
    key = f"inline/{upload_id}.csv"
    storage.write(uploads.bucket(), key, body, content_type="text/csv")
    return Prepared(given, Upload(id=upload_id, filename="inline.csv", key=key, size=len(body), received=True))


def create(session: Session, prepared: Prepared) -> Import:
    """Request an import. It begins at once, or when its files are there. Refuses with `UploadNotFound`."""
    given = prepared.given
    wanted = sorted({upload_id for upload_id in (given.upload_id, given.images_upload_id) if upload_id})
    found = {upload_id: upload_queries.upload_for_update(session, upload_id) for upload_id in wanted}
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
        steps.begin(session, made)
    else:
        steps.UNDER_WAY.put(str(made.id))
    return made


def received(session: Session, key: str) -> None:
    """Begin the imports that waited for a file that has arrived, if they now have all their files."""
    upload_id = upload_queries.receive_upload(session, key)
    if upload_id is None:
        logger().warning("a file arrived that nobody asked for", key=key)
        return
    for waiting in queries.waiting_for_update(session, upload_id):
        needed = [each for each in (waiting.upload_id, waiting.images_upload_id) if each]
        uploads = [upload_queries.upload_by_id(session, each) for each in needed]
        if all(upload and upload.received for upload in uploads):
            steps.begin(session, waiting)


def resume(*, force: bool) -> int:
    """Push stalled imports; returns how many. Looks in Valkey first, so that a paused database stays asleep."""
    if not force and not steps.UNDER_WAY.may_hold():
        return 0
    started = now()
    _look_for_uploads()
    with transaction() as session:
        stalled = queries.stalled_for_update(session, started if force else started - STALLED_AFTER)
        for each in stalled:
            _push(session, each, waiting_since=started - WAITING_FOR_FILE)
        unfinished = queries.any_unfinished(session)
    if not unfinished:
        steps.UNDER_WAY.forget(older_than=started - STALLED_AFTER)
    return len(stalled)


def _push(session: Session, stalled: Import, *, waiting_since: datetime) -> None:
    """Publish the due step again. An import that no push moves, or whose file never came, is failed here."""
    pushes = stalled.pushes + 1
    if stalled.phase == "upload":
        if stalled.created_at < waiting_since:
            steps.fail(session, stalled, "The file did not arrive in time. Upload it again.")
    elif pushes > MOST_PUSHES:
        steps.fail(session, stalled, "A step failed repeatedly. The log says why.")
    else:
        steps.name_next(session, stalled, stalled.phase)
        stalled.pushes = pushes


def _look_for_uploads() -> None:
    """Look in S3 for files that imports wait for: the notification of their arrival may have been lost."""
    with reading() as session:
        missing = queries.awaited_uploads(session)
    for upload in missing:
        if storage.size_of(uploads.bucket(), upload.key) is not None:
            with transaction() as session:
                received(session, upload.key)


def get(session: Session, import_id: UUID) -> Import:
    """Return an import. Refuses with `ImportNotFound`."""
    found = queries.import_by_id(session, import_id)
    if found is None:
        raise ImportNotFound
    return found
