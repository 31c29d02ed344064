"""The SQL of the addresses that people keep. A caller that writes has locked the user first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from ravo.identity.addresses.models import Address

# The new default is set in a statement of its own: within one statement rows change in any order, and for a moment
# there would be two defaults.
_CLEAR = text(
    """
    UPDATE addresses
    SET is_default_shipping = is_default_shipping AND NOT :shipping,
        is_default_billing = is_default_billing AND NOT :billing,
        version = version + 1, updated_at = now()
    WHERE user_id = :user_id AND id <> :id AND (is_default_shipping AND :shipping OR is_default_billing AND :billing)
    """
)


def addresses_of(session: Session, user_id: UUID) -> Sequence[Address]:
    """Return a user's addresses, the newest first."""
    return session.scalars(select(Address).where(Address.user_id == user_id).order_by(Address.id.desc())).all()


def address_by_id(session: Session, address_id: UUID, user_id: UUID) -> Address | None:
    """Return one of a user's addresses."""
    return session.scalar(select(Address).where(Address.id == address_id, Address.user_id == user_id))


def count_of(session: Session, user_id: UUID) -> int:
    """Return how many addresses a user has."""
    return session.scalar(select(func.count()).where(Address.user_id == user_id)) or 0


def add_address(session: Session, address: Address) -> None:
    """Add an address."""
    session.add(address)
    session.flush()
    session.refresh(address)


def clear_defaults(session: Session, user_id: UUID, *, but: UUID, shipping: bool, billing: bool) -> None:
    """Clear the shipping or billing default of every other address of a user."""
    session.execute(_CLEAR, {"user_id": user_id, "id": but, "shipping": shipping, "billing": billing})


def update_address(
    session: Session, address_id: UUID, user_id: UUID, version: int, values: dict[str, Any]
) -> Address | None:
    """Change an address unless someone changed it since `version`, and return it."""
    statement = update(Address).where(Address.id == address_id, Address.user_id == user_id, Address.version == version)
    changed = statement.values(**values, version=Address.version + 1, updated_at=func.now()).returning(Address)
    return session.scalar(changed.execution_options(populate_existing=True))


def delete_address(session: Session, address_id: UUID, user_id: UUID) -> bool:
    """Delete one of a user's addresses; returns whether it was there."""
    statement = delete(Address).where(Address.id == address_id, Address.user_id == user_id).returning(Address.id)
    return session.scalar(statement) is not None
