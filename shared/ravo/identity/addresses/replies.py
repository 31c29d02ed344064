"""Kept addresses as their owners see them."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.addresses import queries
from ravo.identity.addresses.models import Address
from ravo.identity.addresses.schemas import KeptAddress
from ravo.platform.addresses import AddressReply


def own_addresses(session: Session, user_id: UUID) -> list[KeptAddress]:
    """Return a user's addresses, the newest first."""
    return [address_of(row) for row in queries.addresses_of(session, user_id)]


def address_of(row: Address) -> KeptAddress:
    """Return a kept address."""
    return KeptAddress(
        id=row.id,
        label=row.label,
        address=AddressReply.model_validate(row.address),
        is_default_shipping=row.is_default_shipping,
        is_default_billing=row.is_default_billing,
        created_at=row.created_at,
        version=row.version,
    )
