"""On each deployment, before the domains' new code serves: prepare the database for it.

It migrates the schema, seeds roles, writes the projections of products again, and creates the first signing key.
"""

from typing import Any

from ravo.catalog.projections import service as projections
from ravo.identity.roles import service as roles
from ravo.inventory.locations import service as locations
from ravo.operations.deployment.service import run_for_deployment
from ravo.operations.signing_keys import service as signing_keys
from ravo.platform import migrations
from ravo.platform.database import transaction
from ravo.platform.observability import logger


def migrate() -> dict[str, str]:
    """Prepare everything that this version of the code expects; running it again changes nothing."""
    revision = migrations.upgrade()
    with transaction() as session:
        roles.seed_roles(session)
        locations.seed_location(session)
    products = projections.write_stale()
    signing_keys.ensure_signing_key()
    logger().info("migrated", revision=revision, products=products)
    return {"revision": revision}


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Migrate for the deployment, an operator, or a laptop that starts."""
    logger().append_keys(function=context.function_name, requestId=context.aws_request_id)
    return run_for_deployment(event, context, migrate)
