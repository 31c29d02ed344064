"""POST /api/v1/catalog/admin/categories: create a category."""

from ravo.catalog.categories import replies, service
from ravo.catalog.categories.schemas import AdminCategory, CategoryInput
from ravo.catalog.errors import SlugTaken, UnknownReference
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/catalog/admin/categories",
    status_code=201,
    response_model=Answer[AdminCategory],
    responses=refusals(SlugTaken, UnknownReference),
    dependencies=[allowed("products:write")],
)
async def create_category(given: CategoryInput) -> Response:
    """Create a category; without `parentId` it is a root."""
    with transaction() as session:
        made = replies.category_of(service.create(session, given))
        return created(made, location=f"/api/v1/catalog/admin/categories/{made.id}")


handler = lambda_handler(app)
