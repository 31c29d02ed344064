"""POST /api/v1/catalog/admin/products/{id}/publish: put a product on sale."""

from typing import Annotated
from uuid import UUID

from ravo.catalog.errors import ProductIncomplete, ProductNotFound
from ravo.catalog.products import replies, service
from ravo.catalog.products.schemas import AdminProduct, Publication
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Body, Response

app = create_app()


@app.post(
    "/api/v1/catalog/admin/products/{id}/publish",
    response_model=Answer[AdminProduct],
    responses=refusals(ProductNotFound, ProductIncomplete),
    dependencies=[allowed("products:publish")],
)
async def publish_product(
    id: UUID,
    publication: Annotated[Publication, Body(default_factory=Publication)],
) -> Response:
    """Put a complete product on sale, now or from `publishedAt` on; publishing it twice changes nothing."""
    with transaction() as session:
        return answer(replies.product_of(session, service.publish(session, id, publication.published_at)))


handler = lambda_handler(app)
