"""GET /api/v1/catalog/products: products on sale, browsed or searched."""

from decimal import Decimal
from typing import Annotated, ClassVar

from ravo.catalog import shopfront
from ravo.catalog.limits import searches
from ravo.catalog.parameters import Choices
from ravo.catalog.queries.browse import Filters, Sort
from ravo.catalog.schemas.shop import Facets, ProductSummary
from ravo.platform.http import InQuery, Listing, PagedQuery, anyone, create_app, lambda_handler, refusals, shared_answer
from ravo.platform.http.responses import public

from fastapi import Depends, Response
from pydantic import Field

app = create_app()

type Price = Annotated[Decimal, Field(ge=0, lt=1_000_000_000, decimal_places=4, allow_inf_nan=False)]


class ProductListing(Listing[ProductSummary]):
    """A page of products; `facets` only when asked for."""

    facets: Facets | None = None


class ProductQuery(PagedQuery):
    """What is asked for; values of one filter come comma-separated or repeated."""

    several: ClassVar[frozenset[str]] = frozenset({"sizes", "colors", "features"})

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
        """What the list is narrowed by."""
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
async def list_products(asked: Annotated[ProductQuery, Depends(InQuery(ProductQuery))]) -> Response:
    """List products on sale. Without `sort` the newest come first, with `search` the best matches."""
    request = shopfront.ListRequest(asked.filters, asked.sort, asked.search, asked.facets, asked.paging)
    return shared_answer(shopfront.products(request), cache=public(900))


handler = lambda_handler(app, limited=searches)
