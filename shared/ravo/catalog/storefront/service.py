"""What shoppers read: answers as they go out, from the cache, or built from PostgreSQL where the cache has none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from pydantic_core import to_json

from ravo.catalog.errors import CollectionNotFound, ProductNotFound
from ravo.catalog.facets import queries as facets
from ravo.catalog.facets.replies import facets_of, total_of
from ravo.catalog.listings import queries as listings
from ravo.catalog.listings.queries import Filters, Sort
from ravo.catalog.projections import queries as projections
from ravo.catalog.recommendations import queries as recommendations
from ravo.catalog.storefront import queries
from ravo.platform.cache import Group, cached, key_of
from ravo.platform.database import reading
from ravo.platform.http.responses import fragment_of, packed
from ravo.platform.paging import Page, Paging
from ravo.platform.settings import settings

if TYPE_CHECKING:
    from ravo.catalog.search.queries import Wanted


@dataclass(frozen=True)
class ListRequest:
    """All that a list of products depends on."""

    filters: Filters
    sort: Sort | None
    search: str
    facets: bool
    paging: Paging


def products(request: ListRequest) -> bytes:
    """Return a page of products, searched or browsed, with facets where they are requested."""
    return _cached(Group.PRODUCTS, "list", request, build=lambda: _products(request))


def product(id_or_slug: str, locales: tuple[str, ...]) -> bytes:
    """Return a product's page. Refuses with `ProductNotFound`."""
    return _cached(Group.PRODUCTS, "detail", id_or_slug, locales, build=lambda: _product(id_or_slug, locales))


def recommended(product_id: UUID, limit: int) -> bytes:
    """Return products like this one, filled up with bestsellers. Refuses with `ProductNotFound`."""
    return _cached(Group.PRODUCTS, "like", product_id, limit, build=lambda: _recommended(product_id, limit))


def category_tree() -> bytes:
    """Return all categories, as a tree."""
    return _cached(Group.CATEGORIES, "tree", build=_category_tree)


def collection(slug: str, paging: Paging) -> bytes:
    """Return a collection with a page of its products, in staff's order. Refuses with `CollectionNotFound`."""
    return _cached(Group.PRODUCTS, "collection", slug, paging, build=lambda: _collection(slug, paging))


def suggested(typed: str, limit: int) -> bytes:
    """Return what someone who typed this may be looking for."""
    return _cached(Group.PRODUCTS, "suggest", typed, limit, build=lambda: _suggested(typed, limit))


def _cached(group: Group, kind: str, *parts: object, build: Callable[[], bytes]) -> bytes:
    return cached(group, f"{kind}:packed:{key_of(*parts)}", lambda: packed(build()))


def _products(request: ListRequest) -> bytes:
    return _searched(request) if request.search.strip() else _browsed(request)


def _browsed(request: ListRequest) -> bytes:
    filters, paging = request.filters, request.paging
    sort = Sort.NEWEST if request.sort in (None, Sort.RELEVANCE) else request.sort
    counted = _facets(filters) if request.facets else None
    with reading() as session:
        listed = listings.page_of_products(
            session, filters, sort, limit=paging.limit, offset=paging.offset, counted=not counted
        )
    return _list(request, listed.products, counted.total if counted else listed.total, counted)


def _searched(request: ListRequest) -> bytes:
    from ravo.catalog.search import service as search

    filters, paging = request.filters, request.paging
    with reading() as session:
        found = search.search_products(
            session, request.search, filters, request.sort or Sort.RELEVANCE, limit=paging.limit, offset=paging.offset
        )
    counted = _facets(filters, found.searched_for) if request.facets else None
    return _list(request, found.products, found.total, counted)


def _list(request: ListRequest, products: bytes, total: int, counted: "Counted | None") -> bytes:
    extra = {"facets": counted.facets} if counted else {}
    return fragment_of(products, Page.of(request.paging, total), **extra)


class Counted(NamedTuple):
    """The facets of a list as JSON, and how many products it holds."""

    total: int
    facets: bytes


def _facets(filters: Filters, wanted: "Wanted | None" = None) -> Counted:
    """Count the facets of a list; all its pages, in any order, share one count."""
    about = (wanted.matching, wanted.bound) if wanted else (listings.BROWSABLE, {})

    def count() -> bytes:
        base, bound = about
        with reading() as session:
            counts = facets.count_facets(session, filters, base=base, bound=bound)
        return b"%d %b" % (total_of(counts), to_json(facets_of(counts, settings().default_currency)))

    total, _, found = cached(Group.PRODUCTS, f"facets:{key_of(filters, *about)}", count).partition(b" ")
    return Counted(int(total), found)


def _product(id_or_slug: str, locales: tuple[str, ...]) -> bytes:
    with reading() as session:
        found = projections.detail(session, _id_or_slug(id_or_slug), locales)
    if found is None:
        raise ProductNotFound
    return fragment_of(found)


def _recommended(product_id: UUID, limit: int) -> bytes:
    with reading() as session:
        found = recommendations.like(session, product_id, limit)
    if found is None:
        raise ProductNotFound
    return fragment_of(found)


def _category_tree() -> bytes:
    from ravo.catalog.storefront.replies import tree_of

    with reading() as session:
        return fragment_of(tree_of(queries.categories(session)))


def _collection(slug: str, paging: Paging) -> bytes:
    with reading() as session:
        found = queries.collection(session, slug, limit=paging.limit, offset=paging.offset)
    if found is None:
        raise CollectionNotFound
    about = {"id": found.id, "slug": found.slug, "name": found.name, "description": found.description}
    body = b'%b,"products":%b}' % (to_json(about)[:-1], found.listed.products)
    return fragment_of(body, Page.of(paging, found.listed.total))


def _suggested(typed: str, limit: int) -> bytes:
    from ravo.catalog.search.queries import suggestions
    from ravo.catalog.search.schemas import Suggestion
    from ravo.catalog.search.service import words_of

    words = words_of(typed)
    if not words:
        return fragment_of([])
    with reading() as session:
        found = suggestions(session, words, limit)
    return fragment_of([Suggestion(kind=each.kind, text=each.text, slug=each.slug) for each in found])


def _id_or_slug(value: str) -> UUID | str:
    try:
        return UUID(value)
    except ValueError:
        return value
