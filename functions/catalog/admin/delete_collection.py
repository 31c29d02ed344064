"""DELETE /api/v1/catalog/admin/collections/{id}: delete a collection."""

from uuid import UUID

from ravo.catalog.collections import service
from ravo.catalog.errors import CollectionNotFound
from ravo.platform.database import transaction
from ravo.platform.http import allowed, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/catalog/admin/collections/{id}",
    status_code=204,
    responses=refusals(CollectionNotFound),
    dependencies=[allowed("products:write")],
)
async def delete_collection(id: UUID) -> Response:
    """Delete a collection; its products stay."""
    with transaction() as session:
        service.delete(session, id)
    return no_content()


handler = lambda_handler(app)
