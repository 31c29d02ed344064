"""The calls of AWS that ordinary requests make, without boto3: to import it takes as long as all else that a function does at its start, and each call through it several times as long as this.

These services take JSON by POST (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html). All others are asked by `ravo.platform.aws`.
"""

import json
import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from ravo.platform.aws_signature import Credentials, signed
from ravo.platform.kept_connections import NotAnswered, Patience, ask

# A service that is not there is given up sooner than one that takes its time; both end before a request's own time does.
PATIENCE = Patience(connect=1.0, answer=5.0)
TRIES = 2
PAUSE_SECONDS = 0.05
NO_ANSWER = "NoAnswer"
_TRY_AGAIN = {"ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"}


@dataclass(frozen=True)
class Service:
    """A service as it is named in addresses and signatures, the prefix of its operations, its version of JSON, and how variables name it."""

    name: str
    prefix: str
    json: str
    variable: str


DYNAMODB = Service("dynamodb", "DynamoDB_20120810", "1.0", "DYNAMODB")
EVENTS = Service("events", "AWSEvents", "1.1", "EVENTBRIDGE")
SECRETS = Service("secretsmanager", "secretsmanager", "1.1", "SECRETS_MANAGER")
PARAMETERS = Service("ssm", "AmazonSSM", "1.1", "SSM")


class CallFailed(Exception):
    """A call was not answered, or refused: `code` is the service's own or `NO_ANSWER`, and `said` is all that it answered."""

    def __init__(self, code: str, said: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.said = said or {}


def call(service: Service, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Make a call, once more where that may help, and return its answer. Raises `CallFailed`.

    One whose answer was lost is made twice, so that what must not happen twice has to be guarded by a condition of its own.
    """
    body = json.dumps(parameters).encode()
    for left in reversed(range(TRIES)):
        try:
            return _sent(service, operation, body)
        except CallFailed as failure:
            if not left or not (failure.code in _TRY_AGAIN or failure.said.get("status", 500) >= 500):
                raise
            # Spreads who comes back when.
            time.sleep(random.uniform(0, PAUSE_SECONDS))  # noqa: S311  # nosec B311
    raise AssertionError("the last try returns or raises")


def _sent(service: Service, operation: str, body: bytes) -> dict[str, Any]:
    address, region = _address(service), os.environ["AWS_REGION"]
    headers = {
        "host": urlsplit(address).netloc,
        "content-type": f"application/x-amz-json-{service.json}",
        "x-amz-target": f"{service.prefix}.{operation}",
    }
    headers = signed(headers, body, by=_credentials(), region=region, service=service.name, at=datetime.now(UTC))
    try:
        answer = ask("POST", address, headers, body, patience=PATIENCE)
        said = json.loads(answer.body or b"{}")
    except (NotAnswered, ValueError) as error:
        raise CallFailed(NO_ANSWER) from error
    if answer.status != 200:
        raise CallFailed(_code(said, answer.status), {**said, "status": answer.status})
    return said


def _code(said: Any, status: int) -> str:
    """Read an error's code, which some services put behind a namespace."""
    return str(said.get("__type") or status).rpartition("#")[2]


def _address(service: Service) -> str:
    """Return where a service is asked; the variables that say another place are those of AWS's own tools."""
    elsewhere = os.environ.get(f"AWS_ENDPOINT_URL_{service.variable}") or os.environ.get("AWS_ENDPOINT_URL")
    return elsewhere or f"https://{service.name}.{os.environ['AWS_REGION']}.amazonaws.com"


def _credentials() -> Credentials:
    given = os.environ.get("AWS_ACCESS_KEY_ID")
    if given:
        return Credentials(given, os.environ["AWS_SECRET_ACCESS_KEY"], os.environ.get("AWS_SESSION_TOKEN"))
    # Functions that start from a snapshot ask for theirs, and again whenever they run out.
    frozen = _provider().get_frozen_credentials()
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token)


@cache
def _provider() -> Any:
    from botocore.session import get_session

    found = cast("Any", get_session()).get_credentials()
    if found is None:
        raise CallFailed("NoCredentials")
    return found
