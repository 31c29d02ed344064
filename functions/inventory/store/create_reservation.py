"""POST /api/v1/inventory/reservations: hold pieces for a quarter of an hour."""

from ravo.inventory.reservations import replies
from ravo.inventory.reservations import service as reservations
from ravo.inventory.reservations.errors import InsufficientStock
from ravo.inventory.reservations.schemas import ReservationInput, ReservationReply
from ravo.inventory.stock.errors import UnknownVariant
from ravo.platform.database import transaction
from ravo.platform.http import Answer, anyone, create_app, created, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/inventory/reservations",
    status_code=201,
    response_model=Answer[ReservationReply],
    responses=refusals(UnknownVariant, InsufficientStock),
    dependencies=[anyone],
)
async def create_reservation(given: ReservationInput) -> Response:
    """Hold all pieces or none; a session has one reservation, and a new one replaces it."""
    with transaction() as session:
        reply = replies.reservation_of(reservations.reserve(session, given), given.items)
    return created(reply, location=f"/api/v1/inventory/reservations/{reply.id}")


handler = lambda_handler(app)
