"""What shoppers read: answers as they go out, from the cache where they are there, built from PostgreSQL where not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ravo.catalog.errors import CollectionNotFound, ProductNotFound
from ravo.catalog.queries import browse, categories, collections, detail, facets, recommendations
from ravo.catalog.queries.browse import Filters, Sort
from ravo.catalog.schemas.shop import CollectionDetail
from ravo.platform.cache import Group, cached, key_of
from ravo.platform.database import reading
from ravo.platform.http.envelope import Page, Paging, fragment_of
from ravo.platform.settings import settings


@dataclass(frozen=True)
class ListRequest:
    """All that a list of products depends on."""

    filters: Filters
    sort: Sort | None
    search: str
    facets: bool
    paging: Paging


def products(request: ListRequest) -> bytes:
    """A page of products, searched or browsed, with facets where they are asked for."""
    return _cached(Group.PRODUCTS, "list", request, build=lambda: _products(request))


def product(id_or_slug: str, locales: tuple[str, ...]) -> bytes:
    """A product's page. Refuses with `ProductNotFound`."""
    return _cached(Group.PRODUCTS, "detail", id_or_slug, locales, build=lambda: _product(id_or_slug, locales))


def recommended(product_id: UUID, limit: int) -> bytes:
    """Products like this one, filled up with bestsellers. Refuses with `ProductNotFound`."""
    return _cached(Group.PRODUCTS, "like", product_id, limit, build=lambda: _recommended(product_id, limit))


def category_tree() -> bytes:
    """All categories, as a tree."""
    return _cached(Group.CATEGORIES, "tree", build=_category_tree)


def collection(slug: str, paging: Paging) -> bytes:
    """A collection with a page of its products, in the order that staff gave them. Refuses with `CollectionNotFound`."""
    return _cached(Group.PRODUCTS, "collection", slug, paging, build=lambda: _collection(slug, paging))


def suggested(typed: str, limit: int) -> bytes:
    """What someone who typed this may be looking for."""
    return _cached(Group.PRODUCTS, "suggest", typed, limit, build=lambda: _suggested(typed, limit))


def _cached(group: Group, *parts: object, build: Callable[[], bytes]) -> bytes:
    return cached(group, f"{parts[0]}:{key_of(*parts)}", build)


def _products(request: ListRequest) -> bytes:
    return _searched(request) if request.search.strip() else _browsed(request)


def _browsed(request: ListRequest) -> bytes:
    filters, paging = request.filters, request.paging
    sort = Sort.NEWEST if request.sort in (None, Sort.RELEVANCE) else request.sort
    with reading() as session:
        found = browse.page_of_products(session, filters, sort, limit=paging.limit, offset=paging.offset)
        total = browse.count_products(session, filters)
        extra = {"facets": facets.count_facets(session, filters, currency=_currency())} if request.facets else {}
    return fragment_of(found, Page.of(paging, total), **extra)


def _searched(request: ListRequest) -> bytes:
    from ravo.catalog import search
    from ravo.catalog.queries.search import MATCHING

    filters, paging = request.filters, request.paging
    with reading() as session:
        found = search.search_products(
            session, request.search, filters, request.sort or Sort.RELEVANCE, limit=paging.limit, offset=paging.offset
        )
        extra: dict[str, Any] = {}
        if request.facets:
            bound = found.searched_for.bound
            extra["facets"] = facets.count_facets(session, filters, currency=_currency(), matching=MATCHING, **bound)
    return fragment_of(found.products, Page.of(paging, found.total), **extra)


def _product(id_or_slug: str, locales: tuple[str, ...]) -> bytes:
    with reading() as session:
        found = detail.product_detail(session, _id_or_slug(id_or_slug), locales)
    if found is None:
        raise ProductNotFound
    return fragment_of(found)


def _recommended(product_id: UUID, limit: int) -> bytes:
    with reading() as session:
        chosen = recommendations.like(session, product_id, limit)
        if chosen is None:
            raise ProductNotFound
        return fragment_of(browse.products_in_order(session, chosen))


def _category_tree() -> bytes:
    with reading() as session:
        return fragment_of(categories.tree(session))


def _collection(slug: str, paging: Paging) -> bytes:
    with reading() as session:
        found = collections.on_sale(session, slug, limit=paging.limit, offset=paging.offset)
        if found is None:
            raise CollectionNotFound
        row, product_ids, total = found
        shown = CollectionDetail.model_construct(
            id=row.id,
            slug=row.slug,
            name=row.name,
            description=row.description,
            products=list(browse.products_in_order(session, product_ids)),
        )
    return fragment_of(shown, Page.of(paging, total))


def _suggested(typed: str, limit: int) -> bytes:
    from ravo.catalog.queries.search import suggestions
    from ravo.catalog.search.search import words_of

    words = words_of(typed)
    if not words:
        return fragment_of([])
    with reading() as session:
        return fragment_of(suggestions(session, words, limit))


def _currency() -> str:
    return settings().default_currency


def _id_or_slug(value: str) -> UUID | str:
    try:
        return UUID(value)
    except ValueError:
        return value
