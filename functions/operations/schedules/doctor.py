"""Every night, and when an operator invokes it: recompute every counter from its ledger."""

from typing import Any

from ravo.operations.doctor.service import find_drift
from ravo.platform.observability import logger


def handler(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Report where counters and ledgers differ.

    Nothing is repaired, since one of the two is wrong and someone should know why.
    """
    logger().append_keys(function=context.function_name, requestId=context.aws_request_id)
    drift = find_drift()
    logger().info("doctor looked", drift=len(drift))
    return {"drift": drift}
