"""Which part of a list is asked for, and where that part stands in it."""

from typing import NamedTuple

from ravo.platform.schemas import Reply


class Paging(NamedTuple):
    """Which page is asked for."""

    page: int
    limit: int

    @property
    def offset(self) -> int:
        """How many things stand before the page."""
        return (self.page - 1) * self.limit


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
