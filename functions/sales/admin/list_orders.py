"""GET /api/v1/sales/admin/orders: all orders."""

from typing import Annotated
from uuid import UUID

from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing
from ravo.sales.lifecycle import replies
from ravo.sales.lifecycle.schemas import AdminOrderSummary
from ravo.sales.orders.transitions import Status

from fastapi import Query, Response
from pydantic import AwareDatetime

app = create_app()


@app.get(
    "/api/v1/sales/admin/orders",
    response_model=Listing[AdminOrderSummary],
    dependencies=[allowed("orders:read")],
)
async def list_orders(
    paging: PageNumber,
    status: Status | None = None,
    search: Annotated[str, Query(max_length=254)] = "",
    placed_from: Annotated[AwareDatetime | None, Query(alias="placedFrom")] = None,
    placed_to: Annotated[AwareDatetime | None, Query(alias="placedTo")] = None,
    cursor: UUID | None = None,
) -> Response:
    """List orders, the newest first; `search` is the beginning of a number, or a whole mail address.

    For a long list pass the last id of a page as `cursor`: every page then takes the same time.
    """
    with reading() as session:
        shown, page = replies.page_of_all(
            session,
            paging,
            status=status,
            search=search,
            placed_from=placed_from,
            placed_to=placed_to,
            cursor=cursor,
        )
        return listing(shown, page)


handler = lambda_handler(app)
