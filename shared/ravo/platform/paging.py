"""Which part of a list is asked for, and where that part stands in it."""

from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from ravo.platform.schemas import Reply


class Paging(NamedTuple):
    """Which page is asked for."""

    page: int
    limit: int

    @property
    def offset(self) -> int:
        """How many things stand before the page."""
        return (self.page - 1) * self.limit


class PagedQuery(BaseModel):
    """The parameters of a list, for `Annotated[…, Query()]`; each list adds its own."""

    # A function that imports it reads it.
    model_config = ConfigDict(alias_generator=to_camel, defer_build=False)

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    limit: Annotated[int, Field(ge=1, le=100)] = 20

    @property
    def paging(self) -> Paging:
        """Which page is asked for."""
        return Paging(self.page, self.limit)


class Page(Reply):
    """Where in a list this page stands."""

    page: int
    limit: int
    total: int
    total_pages: int
    has_next: bool
    has_prev: bool

    @classmethod
    def of(cls, paging: Paging, total: int) -> "Page":
        """Describe one page of `total` things."""
        pages = -(-total // paging.limit)
        return cls.model_construct(
            page=paging.page,
            limit=paging.limit,
            total=total,
            total_pages=pages,
            has_next=paging.page < pages,
            has_prev=paging.page > 1,
        )


class CursorPage(Reply):
    """Where a list too long to be counted goes on: with `nextCursor` as the next request's `cursor`."""

    limit: int
    has_next: bool
    next_cursor: str | None

    @classmethod
    def of(cls, limit: int, *, next_cursor: str | None) -> "CursorPage":
        """Describe a page; without a cursor it is the last."""
        return cls.model_construct(limit=limit, has_next=next_cursor is not None, next_cursor=next_cursor)
