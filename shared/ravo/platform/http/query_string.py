"""A query string read at once, as one model: FastAPI looks for each parameter of its own accord, and for a dozen of
them that takes as long as all else of an answer that is kept.
"""

from typing import Annotated, Any, ClassVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from ravo.platform.paging import Paging


class QueryString(BaseModel):
    """Parameters by their names in camelCase.

    Others are passed over; of one that comes twice the last counts, but for `several`, which hold all.
    """

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, defer_build=False)
    several: ClassVar[frozenset[str]] = frozenset()


class PagedQuery(QueryString):
    """One that asks for a page."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    limit: Annotated[int, Field(ge=1, le=100)] = 20

    @property
    def paging(self) -> Paging:
        """Which page is asked for."""
        return Paging(self.page, self.limit)


class InQuery[Asked: QueryString]:
    """The dependency that reads a query string; the API's description has the parameters of its `model`."""

    def __init__(self, model: type[Asked]) -> None:
        self.model = model

    async def __call__(self, request: Request) -> Asked:
        """Read it. Raises what FastAPI raises for a parameter that is not as it should be."""
        given: dict[str, Any] = {}
        for name, value in request.query_params.multi_items():
            if name in self.model.several:
                given.setdefault(name, []).append(value)
            else:
                given[name] = value
        try:
            return self.model.model_validate(given)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False)
            raise RequestValidationError([{**each, "loc": ("query", *each["loc"])} for each in problems]) from error
