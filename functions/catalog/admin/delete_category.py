"""DELETE /api/v1/catalog/admin/categories/{id}: delete a category."""

from uuid import UUID

from ravo.catalog.categories import service
from ravo.catalog.errors import CategoryInUse, CategoryNotFound
from ravo.platform.database import transaction
from ravo.platform.http import allowed, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/catalog/admin/categories/{id}",
    status_code=204,
    responses=refusals(CategoryNotFound, CategoryInUse),
    dependencies=[allowed("products:write")],
)
async def delete_category(id: UUID) -> Response:
    """Delete a category that has no products and no categories below it."""
    with transaction() as session:
        service.delete(session, id)
    return no_content()


handler = lambda_handler(app)
