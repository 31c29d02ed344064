"""DELETE /api/v1/inventory/reservations/{id}: release a reservation."""

from uuid import UUID

from ravo.inventory.reservations import service as reservations
from ravo.inventory.reservations.errors import ReservationNotFound
from ravo.platform.database import transaction
from ravo.platform.http import anyone, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/inventory/reservations/{id}",
    status_code=204,
    responses=refusals(ReservationNotFound),
    dependencies=[anyone],
)
async def delete_reservation(id: UUID) -> Response:
    """Release a reservation; everyone who knows its id may do so, and doing it twice changes nothing."""
    with transaction() as session:
        reservations.release(session, id)
    return no_content()


handler = lambda_handler(app)
