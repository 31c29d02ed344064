"""DELETE /api/v1/catalog/admin/tags/{id}: delete a tag."""

from uuid import UUID

from ravo.catalog.errors import TagNotFound
from ravo.catalog.tags import service
from ravo.platform.database import transaction
from ravo.platform.http import allowed, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/catalog/admin/tags/{id}",
    status_code=204,
    responses=refusals(TagNotFound),
    dependencies=[allowed("products:write")],
)
async def delete_tag(id: UUID) -> Response:
    """Delete a tag and remove it from all products."""
    with transaction() as session:
        service.delete(session, id)
    return no_content()


handler = lambda_handler(app)
