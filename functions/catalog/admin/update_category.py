"""PATCH /api/v1/catalog/admin/categories/{id}: change a category."""

from uuid import UUID

from ravo.catalog.categories import replies, service
from ravo.catalog.categories.schemas import AdminCategory, CategoryChange
from ravo.catalog.errors import CategoryCycle, CategoryNotFound, SlugTaken, UnknownReference
from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/catalog/admin/categories/{id}",
    response_model=Answer[AdminCategory],
    responses=refusals(CategoryNotFound, VersionConflict, SlugTaken, UnknownReference, CategoryCycle),
    dependencies=[allowed("products:write")],
)
async def update_category(id: UUID, change: CategoryChange) -> Response:
    """Change, rename or move a category together with everything below it."""
    with transaction() as session:
        return answer(replies.category_of(service.change(session, id, change)))


handler = lambda_handler(app)
