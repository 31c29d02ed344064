"""POST /api/v1/catalog/admin/products: create a product with all its variants."""

from ravo.catalog.errors import OptionsTaken, SkuTaken, SlugTaken, UnknownReference
from ravo.catalog.products import replies, service
from ravo.catalog.products.schemas import AdminProduct, ProductInput
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/catalog/admin/products",
    status_code=201,
    response_model=Answer[AdminProduct],
    responses=refusals(SkuTaken, SlugTaken, OptionsTaken, UnknownReference),
    dependencies=[allowed("products:write")],
)
async def create_product(given: ProductInput) -> Response:
    """Create a product as a draft; a `matrix` of sizes, colours and styles makes every combination a variant."""
    with transaction() as session:
        product = service.create(session, given)
        return created(replies.product_of(session, product), location=f"/api/v1/catalog/admin/products/{product.id}")


handler = lambda_handler(app)
