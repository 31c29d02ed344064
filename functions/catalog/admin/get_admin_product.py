"""GET /api/v1/catalog/admin/products/{id}: a product as staff see it."""

from uuid import UUID

from ravo.catalog.errors import ProductNotFound
from ravo.catalog.products import replies, service
from ravo.catalog.products.schemas import AdminProduct
from ravo.platform.database import reading
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/catalog/admin/products/{id}",
    response_model=Answer[AdminProduct],
    responses=refusals(ProductNotFound),
    dependencies=[allowed("products:read")],
)
async def get_admin_product(id: UUID) -> Response:
    """Return a product whatever its status, with cost and margin."""
    with reading() as session:
        return answer(replies.product_of(session, service.get(session, id)))


handler = lambda_handler(app)
