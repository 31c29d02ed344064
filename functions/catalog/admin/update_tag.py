"""PATCH /api/v1/catalog/admin/tags/{id}: change a tag."""

from uuid import UUID

from ravo.catalog.errors import SlugTaken, TagNotFound
from ravo.catalog.tags import replies, service
from ravo.catalog.tags.schemas import AdminTag, TagChange
from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/catalog/admin/tags/{id}",
    response_model=Answer[AdminTag],
    responses=refusals(TagNotFound, VersionConflict, SlugTaken),
    dependencies=[allowed("products:write")],
)
async def update_tag(id: UUID, change: TagChange) -> Response:
    """Rename a tag."""
    with transaction() as session:
        service.change(session, id, change)
        return answer(replies.tag_of(session, id))


handler = lambda_handler(app)
