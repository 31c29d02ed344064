"""The addresses that a user keeps for the next order."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.accounts import queries as account_queries
from ravo.identity.addresses import queries
from ravo.identity.addresses.errors import TooManyAddresses
from ravo.identity.addresses.models import Address
from ravo.identity.addresses.schemas import AddressChange, NewAddress
from ravo.platform.errors import NotFound, VersionConflict
from ravo.platform.ids import uuid7

MOST = 20


def add(session: Session, user_id: UUID, given: NewAddress) -> Address:
    """Keep an address. Refuses with `TooManyAddresses`, or with `NotFound` for an account that was closed."""
    _lock(session, user_id)
    if queries.count_of(session, user_id) >= MOST:
        raise TooManyAddresses
    address = Address(
        id=uuid7(),
        user_id=user_id,
        label=given.label,
        address=given.address.model_dump(),
        is_default_shipping=given.is_default_shipping,
        is_default_billing=given.is_default_billing,
    )
    _clear_defaults(session, address.id, user_id, given.is_default_shipping, given.is_default_billing)
    queries.add_address(session, address)
    return address


def change(session: Session, address_id: UUID, user_id: UUID, given: AddressChange) -> Address:
    """Change an address. Refuses with `VersionConflict`, or with `NotFound`, also for a stranger's."""
    _lock(session, user_id)
    values: dict[str, Any] = given.model_dump(exclude={"version"}, exclude_none=True)
    _clear_defaults(session, address_id, user_id, given.is_default_shipping, given.is_default_billing)
    changed = queries.update_address(session, address_id, user_id, given.version, values)
    if changed is None:
        raise VersionConflict if queries.address_by_id(session, address_id, user_id) else NotFound
    return changed


def remove(session: Session, address_id: UUID, user_id: UUID) -> None:
    """Delete an address; orders keep the one they were sent to. Refuses with `NotFound`, also for a stranger's."""
    if not queries.delete_address(session, address_id, user_id):
        raise NotFound


def _lock(session: Session, user_id: UUID) -> None:
    """One change at a time: two windows must not make two defaults, or a twenty-first address."""
    if account_queries.person_for_update(session, user_id) is None:
        raise NotFound


def _clear_defaults(
    session: Session, address_id: UUID, user_id: UUID, shipping: bool | None, billing: bool | None
) -> None:
    if shipping or billing:
        queries.clear_defaults(session, user_id, but=address_id, shipping=bool(shipping), billing=bool(billing))
