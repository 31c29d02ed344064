"""GET /api/v1/catalog/products: products on sale, browsed or searched."""

from decimal import Decimal
from typing import Annotated

from ravo.catalog import shopfront
from ravo.catalog.limits import searches
from ravo.catalog.parameters import Words
from ravo.catalog.queries.browse import Filters, Sort
from ravo.catalog.schemas.shop import Facets, ProductSummary
from ravo.platform.http import Listing, PageNumber, anyone, create_app, lambda_handler, prepared, refusals
from ravo.platform.http.envelope import public

from fastapi import Depends, Query, Response

app = create_app()

type Price = Annotated[Decimal | None, Query(ge=0, lt=1_000_000_000, decimal_places=4, allow_inf_nan=False)]
type Slug = Annotated[str | None, Query(max_length=500)]


class ProductListing(Listing[ProductSummary]):
    """A page of products; `facets` only when asked for."""

    facets: Facets | None = None


async def filters(
    category: Slug = None,
    subcategory: Slug = None,
    price_min: Annotated[Price, Query(alias="minPrice")] = None,
    price_max: Annotated[Price, Query(alias="maxPrice")] = None,
    sizes: Words = (),
    colors: Words = (),
    features: Words = (),
    in_stock: Annotated[bool | None, Query(alias="inStock")] = None,
) -> Filters:
    """Read the filters; values of one filter come comma-separated or repeated."""
    return Filters(category, subcategory, price_min, price_max, sizes, colors, features, in_stock)


@app.get("/api/v1/catalog/products", response_model=ProductListing, responses=refusals(), dependencies=[anyone])
async def list_products(
    paging: PageNumber,
    narrowed: Annotated[Filters, Depends(filters)],
    sort: Sort | None = None,
    search: Annotated[str, Query(max_length=200)] = "",
    facets: bool = False,
) -> Response:
    """List products on sale. Without `sort` the newest come first, with `search` the best matches."""
    request = shopfront.ListRequest(narrowed, sort, search, facets, paging)
    return prepared(shopfront.products(request), cache=public(900))


handler = lambda_handler(app, limited=searches)
