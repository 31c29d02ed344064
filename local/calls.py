"""What a call of AWS needs, in IAM's words: actions, each on a resource."""

from collections.abc import Callable, Mapping
from email.utils import parseaddr
from typing import Any

from local.account import ACCOUNT, REGION

type Asked = list[tuple[str, str]]

# Operations whose name in IAM differs from the one in S3's interface.
_OBJECT_ACTIONS = {
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
}
_BUCKET_ACTIONS = {"ListObjectsV2": "s3:ListBucket", "HeadBucket": "s3:ListBucket"}


class UnknownCall(Exception):
    """Nobody has written down yet what such a call needs; it belongs in this file."""


def asked(service: str, operation: str, parameters: Mapping[str, Any]) -> Asked:
    """Return the actions that a call needs, by boto3's names for service and operation. Raises `UnknownCall`."""
    try:
        return _SERVICES[service](operation, parameters)
    except KeyError as missing:
        raise UnknownCall(f"{service} {operation}: {missing}") from None


def _s3(operation: str, parameters: Mapping[str, Any]) -> Asked:
    bucket = f"arn:aws:s3:::{parameters['Bucket']}"
    if operation in _BUCKET_ACTIONS:
        return [(_BUCKET_ACTIONS[operation], bucket)]
    wanted = [(_OBJECT_ACTIONS[operation], f"{bucket}/{parameters['Key']}")]
    if operation == "HeadObject":
        # Without this one as well, S3 answers "forbidden" instead of "not found".
        wanted.append(("s3:ListBucket", bucket))
    return wanted


def _sqs(operation: str, parameters: Mapping[str, Any]) -> Asked:
    queue = parameters.get("QueueName") or parameters["QueueUrl"].rpartition("/")[2]
    # A batch needs the right of its single operation.
    return [(f"sqs:{operation.removesuffix('Batch')}", _arn("sqs", queue))]


def _events(operation: str, parameters: Mapping[str, Any]) -> Asked:
    if operation == "PutEvents":
        return [("events:PutEvents", bus) for bus in {_bus(entry["EventBusName"]) for entry in parameters["Entries"]}]
    if operation == "DescribeEventBus":
        return [("events:DescribeEventBus", _bus(parameters["Name"]))]
    bus = parameters["EventBusName"].rpartition("/")[2]
    return [(f"events:{operation}", _arn("events", f"rule/{bus}/{parameters['Name']}"))]


def _dynamodb(operation: str, parameters: Mapping[str, Any]) -> Asked:
    return [(f"dynamodb:{operation}", _arn("dynamodb", f"table/{parameters['TableName']}"))]


def _sesv2(operation: str, parameters: Mapping[str, Any]) -> Asked:
    if operation != "SendEmail":
        raise KeyError(operation)
    # The identity that a laptop verifies is a domain.
    domain = parseaddr(parameters["FromEmailAddress"])[1].rpartition("@")[2]
    actions = ["ses:SendEmail", "ses:SendRawEmail"] if "Raw" in parameters["Content"] else ["ses:SendEmail"]
    return [(action, _arn("ses", f"identity/{domain}")) for action in actions]


def _secretsmanager(operation: str, parameters: Mapping[str, Any]) -> Asked:
    return [(f"secretsmanager:{operation}", secret(parameters["SecretId"]))]


def _ssm(operation: str, parameters: Mapping[str, Any]) -> Asked:
    return [(f"ssm:{operation}", parameter(parameters["Name"]))]


def _cloudfront(operation: str, parameters: Mapping[str, Any]) -> Asked:
    wanted = [(f"cloudfront:{operation}", f"arn:aws:cloudfront::{ACCOUNT}:distribution/{parameters['Id']}")]
    acl = parameters.get("DistributionConfig", {}).get("WebACLId")
    # A caller that changes a distribution with a web ACL must be allowed to read the ACL.
    return [*wanted, ("wafv2:GetWebACL", acl)] if acl else wanted


def secret(name: str) -> str:
    """Return the resource behind a secret, given by its ARN or its name."""
    return name if name.startswith("arn:") else _arn("secretsmanager", f"secret:{name}")


def parameter(name: str) -> str:
    """Return the resource behind a parameter of the Systems Manager."""
    return _arn("ssm", f"parameter/{name.removeprefix('/')}")


def _bus(name: str) -> str:
    return name if name.startswith("arn:") else _arn("events", f"event-bus/{name}")


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


_SERVICES: dict[str, Callable[[str, Mapping[str, Any]], Asked]] = {
    "s3": _s3,
    "sqs": _sqs,
    "events": _events,
    "dynamodb": _dynamodb,
    "sesv2": _sesv2,
    "secretsmanager": _secretsmanager,
    "ssm": _ssm,
    "cloudfront": _cloudfront,
}
