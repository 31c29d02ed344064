"""POST /api/v1/inventory/check: whether stock is enough right now."""

from ravo.inventory.reservations import service as reservations
from ravo.inventory.reservations.schemas import Checked, CheckInput
from ravo.inventory.stock.errors import UnknownVariant
from ravo.platform.database import reading
from ravo.platform.http import Answer, answer, anyone, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/inventory/check",
    response_model=Answer[list[Checked]],
    responses=refusals(UnknownVariant),
    dependencies=[anyone],
)
async def check_stock(given: CheckInput) -> Response:
    """Return for each variant whether the quantity is available; only a reservation holds it."""
    with reading() as session:
        return answer(reservations.check(session, given.items))


handler = lambda_handler(app)
