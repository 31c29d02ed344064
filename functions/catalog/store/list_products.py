"""GET /api/v1/catalog/products: products on sale, browsed or searched."""

from decimal import Decimal
from typing import Annotated

from ravo.catalog.facets.schemas import Facets
from ravo.catalog.listings.queries import Filters, Sort
from ravo.catalog.projections.schemas import ProductSummary
from ravo.catalog.storefront import service as storefront
from ravo.catalog.storefront.http import Choices, searches
from ravo.platform.http import Listing, anyone, create_app, lambda_handler, refusals, shared_answer
from ravo.platform.http.responses import public
from ravo.platform.paging import PagedQuery

from fastapi import Query, Response
from pydantic import Field

app = create_app()

type Price = Annotated[Decimal, Field(ge=0, lt=1_000_000_000, decimal_places=4, allow_inf_nan=False)]


class ProductListing(Listing[ProductSummary]):
    """A page of products; `facets` only if requested."""

    facets: Facets | None = None


class ProductQuery(PagedQuery):
    """The filters, order and page of a list of products; values of one filter are comma-separated or repeated."""

    category: Annotated[str | None, Field(max_length=500)] = None
    subcategory: Annotated[str | None, Field(max_length=500)] = None
    min_price: Price | None = None
    max_price: Price | None = None
    sizes: Choices = ()
    colors: Choices = ()
    features: Choices = ()
    in_stock: bool | None = None
    sort: Sort | None = None
    search: Annotated[str, Field(max_length=200)] = ""
    facets: bool = False

    @property
    def filters(self) -> Filters:
        """The filters of the list."""
        return Filters(
            self.category,
            self.subcategory,
            self.min_price,
            self.max_price,
            self.sizes,
            self.colors,
            self.features,
            self.in_stock,
        )


@app.get("/api/v1/catalog/products", response_model=ProductListing, responses=refusals(), dependencies=[anyone])
async def list_products(asked: Annotated[ProductQuery, Query()]) -> Response:
    """List products on sale; without `sort` the newest come first, with `search` the best matches."""
    request = storefront.ListRequest(asked.filters, asked.sort, asked.search, asked.facets, asked.paging)
    return shared_answer(storefront.products(request), cache=public(900))


handler = lambda_handler(app, limited=searches)
