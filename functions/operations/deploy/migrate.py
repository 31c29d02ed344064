"""On each deployment, before the domains' new code serves: migrate the schema, seed roles, write what is shown of products anew, make the first signing key."""

from typing import Any

from ravo.catalog.projections import service as projections
from ravo.identity import service as identity
from ravo.inventory.service import movements
from ravo.operations import keys
from ravo.operations.deployment import run_for_deployment
from ravo.platform import migrations
from ravo.platform.database import transaction
from ravo.platform.observability import logger


def migrate() -> dict[str, str]:
    """Bring everything to what this version of the code expects; running it again changes nothing."""
    revision = migrations.upgrade()
    with transaction() as session:
        identity.seed_roles(session)
        movements.seed_location(session)
    products = projections.write_stale()
    keys.ensure_signing_key()
    logger().info("migrated", revision=revision, products=products)
    return {"revision": revision}


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Migrate for whoever asks: the deployment, an operator, or a laptop that starts."""
    logger().append_keys(function=context.function_name, requestId=context.aws_request_id)
    return run_for_deployment(event, context, migrate)
