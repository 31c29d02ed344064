"""GET /api/v1/identity/admin/audit-log: who changed what."""

from typing import Annotated
from uuid import UUID

from ravo.identity.audit import replies
from ravo.identity.audit.queries import Filters
from ravo.identity.audit.schemas import EntryReply
from ravo.platform.database import reading
from ravo.platform.http import CursorListing, allowed, create_app, lambda_handler, listing

from fastapi import Depends, Query, Response
from pydantic import AwareDatetime

app = create_app()


async def filters(
    actor: UUID | None = None,
    action: Annotated[str | None, Query(max_length=64, examples=["UpdateProduct"])] = None,
    entity: Annotated[str | None, Query(max_length=64, examples=["products"])] = None,
    entity_id: Annotated[str | None, Query(alias="entityId", max_length=80)] = None,
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
) -> Filters:
    """Read the filters."""
    return Filters(actor, action, entity, entity_id, since, until)


@app.get(
    "/api/v1/identity/admin/audit-log",
    response_model=CursorListing[EntryReply],
    dependencies=[allowed("audit:read")],
)
async def list_audit_entries(
    narrowed: Annotated[Filters, Depends(filters)],
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """List the changes that staff, machines and operators made, the newest first: those from `from` on and before `to`.

    The `nextCursor` of a page is the `cursor` of the next.
    """
    with reading() as session:
        return listing(*replies.page_of_entries(session, narrowed, cursor=cursor, limit=limit))


handler = lambda_handler(app)
