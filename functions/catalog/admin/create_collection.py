"""POST /api/v1/catalog/admin/collections: create a collection."""

from ravo.catalog.collections import replies, service
from ravo.catalog.collections.schemas import AdminCollection, CollectionInput
from ravo.catalog.errors import SlugTaken, UnknownReference
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/catalog/admin/collections",
    status_code=201,
    response_model=Answer[AdminCollection],
    responses=refusals(SlugTaken, UnknownReference),
    dependencies=[allowed("products:write")],
)
async def create_collection(given: CollectionInput) -> Response:
    """Create a collection of products, in the order given."""
    with transaction() as session:
        made = replies.collection_of(session, service.create(session, given).id)
        return created(made, location=f"/api/v1/catalog/admin/collections/{made.id}")


handler = lambda_handler(app)
