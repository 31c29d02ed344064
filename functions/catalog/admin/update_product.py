"""PATCH /api/v1/catalog/admin/products/{id}: change a product."""

from uuid import UUID

from ravo.catalog.errors import ProductNotFound, SkuTaken, SlugTaken, UnknownReference
from ravo.catalog.products import replies, service
from ravo.catalog.products.schemas import AdminProduct, ProductChange
from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/catalog/admin/products/{id}",
    response_model=Answer[AdminProduct],
    responses=refusals(ProductNotFound, VersionConflict, SkuTaken, SlugTaken, UnknownReference),
    dependencies=[allowed("products:write")],
)
async def update_product(id: UUID, change: ProductChange) -> Response:
    """Change the fields that are sent; `version` is the one that the product was read at."""
    with transaction() as session:
        return answer(replies.product_of(session, service.change(session, id, change)))


handler = lambda_handler(app)
