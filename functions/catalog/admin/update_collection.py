"""PATCH /api/v1/catalog/admin/collections/{id}: change a collection."""

from uuid import UUID

from ravo.catalog.collections import replies, service
from ravo.catalog.collections.schemas import AdminCollection, CollectionChange
from ravo.catalog.errors import CollectionNotFound, SlugTaken, UnknownReference
from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/catalog/admin/collections/{id}",
    response_model=Answer[AdminCollection],
    responses=refusals(CollectionNotFound, VersionConflict, SlugTaken, UnknownReference),
    dependencies=[allowed("products:write")],
)
async def update_collection(id: UUID, change: CollectionChange) -> Response:
    """Change a collection; `productIds` replaces all of its products."""
    with transaction() as session:
        service.change(session, id, change)
        return answer(replies.collection_of(session, id))


handler = lambda_handler(app)
