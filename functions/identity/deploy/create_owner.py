"""Invoked by an operator, once: create the shop's first super admin."""

from typing import Any

from ravo.identity.registration import service as registration
from ravo.identity.registration.schemas import Registration
from ravo.platform.audit import acting_as_operator
from ravo.platform.database import transaction
from ravo.platform.observability import logger


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Create an owner with `email` and `password`.

    Refuses while the shop has one, since from then on owners create owners.
    """
    logger().append_keys(function=context.function_name, requestId=context.aws_request_id)
    with acting_as_operator("CreateOwner", request_id=context.aws_request_id), transaction() as session:
        owner = registration.create_owner(session, Registration.model_validate(event))
        return {"id": str(owner.user.id)}
