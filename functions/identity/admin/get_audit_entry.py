"""GET /api/v1/identity/admin/audit-log/{id}: one entry of the audit log."""

from uuid import UUID

from ravo.identity.audit import replies
from ravo.identity.audit.errors import EntryNotFound
from ravo.identity.audit.schemas import EntryReply
from ravo.platform.database import reading
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/identity/admin/audit-log/{id}",
    response_model=Answer[EntryReply],
    responses=refusals(EntryNotFound),
    dependencies=[allowed("audit:read")],
)
async def get_audit_entry(id: UUID) -> Response:
    """Return an entry: who changed what of a row, from where and by which function."""
    with reading() as session:
        return answer(replies.entry_of(session, id))


handler = lambda_handler(app)
