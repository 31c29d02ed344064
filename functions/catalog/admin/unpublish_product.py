"""POST /api/v1/catalog/admin/products/{id}/unpublish: take a product off sale."""

from uuid import UUID

from ravo.catalog.errors import ProductNotFound
from ravo.catalog.products import replies, service
from ravo.catalog.products.schemas import AdminProduct
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/catalog/admin/products/{id}/unpublish",
    response_model=Answer[AdminProduct],
    responses=refusals(ProductNotFound),
    dependencies=[allowed("products:publish")],
)
async def unpublish_product(id: UUID) -> Response:
    """Make a product a draft again; doing it twice changes nothing."""
    with transaction() as session:
        return answer(replies.product_of(session, service.unpublish(session, id)))


handler = lambda_handler(app)
