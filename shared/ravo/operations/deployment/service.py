"""Answers to CloudFormation, for functions that are custom resources in a template and run in each deployment."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any, Protocol

from ravo.platform.observability import logger

TIMEOUT_SECONDS = 30


class Invocation(Protocol):
    """What Lambda passes about an invocation."""

    @property
    def aws_request_id(self) -> str: ...


def run_for_deployment(
    event: dict[str, Any], context: Invocation, work: Callable[[], dict[str, str]]
) -> dict[str, str]:
    """Do the work, and report the outcome to CloudFormation if it made the request.

    A failure fails the deployment. The protocol:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
    """
    if "ResponseURL" not in event:
        return work()
    if event["RequestType"] == "Delete":
        # What was migrated stays: the data outlives the stack that requested it.
        _tell(event, context, "SUCCESS", {})
        return {}
    try:
        done = work()
    except Exception as error:
        logger().exception("work for the deployment failed", error=type(error).__name__)
        _tell(event, context, "FAILED", {})
        raise
    _tell(event, context, "SUCCESS", done)
    return done


def _tell(event: dict[str, Any], context: Invocation, status: str, data: dict[str, str]) -> None:
    answer = {
        "Status": status,
        "Reason": f"The log has the details, request {context.aws_request_id}",
        "PhysicalResourceId": event.get("PhysicalResourceId", event["LogicalResourceId"]),
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": data,
    }
    # The URL is signed for an empty content type.
    request = urllib.request.Request(  # noqa: S310  (CloudFormation says where)
        event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT", headers={"content-type": ""}
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
        pass
