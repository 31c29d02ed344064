"""On each deployment, before traffic moves: migrate the schema, seed roles, make the first signing key."""

from typing import Any

from ravo.identity import service as identity
from ravo.operations import keys
from ravo.platform import migrations
from ravo.platform.database import transaction
from ravo.platform.observability import logger


def handler(_event: dict[str, Any], context: Any) -> dict[str, str]:
    """Bring everything to what this version of the code expects; running it again changes nothing."""
    logger().append_keys(function=context.function_name, requestId=context.aws_request_id)
    revision = migrations.upgrade()
    with transaction() as session:
        identity.seed_roles(session)
    keys.ensure_signing_key()
    logger().info("migrated", revision=revision)
    return {"revision": revision}
