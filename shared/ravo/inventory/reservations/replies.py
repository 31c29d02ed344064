"""Reservations as sessions see them."""

from ravo.inventory.reservations.models import Reservation
from ravo.inventory.reservations.schemas import Demand, ReservationReply


def reservation_of(made: Reservation, items: list[Demand]) -> ReservationReply:
    """Return a reservation as its session sees it."""
    return ReservationReply(id=made.id, session_id=made.session_id, expires_at=made.expires_at, items=items)
