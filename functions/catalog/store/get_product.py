"""GET /api/v1/catalog/products/{idOrSlug}: a product with its variants."""

from typing import Annotated

from ravo.catalog.errors import ProductNotFound
from ravo.catalog.projections.schemas import ProductDetail
from ravo.catalog.storefront import service as storefront
from ravo.catalog.storefront.http import Locales
from ravo.platform.http import Answer, anyone, create_app, lambda_handler, refusals, shared_answer
from ravo.platform.http.responses import public

from fastapi import Path, Response

app = create_app()


@app.get(
    "/api/v1/catalog/products/{idOrSlug}",
    response_model=Answer[ProductDetail],
    responses=refusals(ProductNotFound),
    dependencies=[anyone],
)
async def get_product(id_or_slug: Annotated[str, Path(alias="idOrSlug", max_length=160)], locales: Locales) -> Response:
    """Return a product on sale with its variants and their stock, in the language that the caller prefers."""
    response = shared_answer(storefront.product(id_or_slug, locales), cache=public(900))
    response.headers["vary"] = "Accept-Language"
    return response


handler = lambda_handler(app)
