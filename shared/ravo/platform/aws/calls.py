"""The calls of AWS that ordinary requests make, without boto3 (decision 27).

Its import takes as long as everything else at a function's start, and a call through it several times as long as here.
These services take JSON by POST. Most have one path and name the operation in a header:
https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
Mail has a path for each operation: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

import json
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from ravo.platform.aws.signature import Credentials, signed
from ravo.platform.http_client import NoResponse, Response, Timeouts, request

# A service that is down is given up sooner than one that is slow; both before the request's own time ends.
TIMEOUTS = Timeouts(connect=1.0, answer=5.0)
TRIES = 2
PAUSE_SECONDS = 0.05
NO_ANSWER = "NoAnswer"
_TRY_AGAIN = {
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
}


@dataclass(frozen=True)
class Service:
    """A service by its name, and by how environment variables name it.

    `prefix` and `json`, its version, belong to services that read the operation from a header. `place` and `signer` are
    its names in addresses and signatures, where they differ.
    """

    name: str
    variable: str
    prefix: str = ""
    json: str = ""
    place: str = ""
    signer: str = ""


DYNAMODB = Service("dynamodb", "DYNAMODB", "DynamoDB_20120810", "1.0")
EVENTS = Service("events", "EVENTBRIDGE", "AWSEvents", "1.1")
SECRETS = Service("secretsmanager", "SECRETS_MANAGER", "secretsmanager", "1.1")
PARAMETERS = Service("ssm", "SSM", "AmazonSSM", "1.1")
MAIL = Service("sesv2", "SESV2", place="email", signer="ses")


class CallFailed(Exception):
    """A call failed: `code` is the service's own or `NO_ANSWER`, and `said` is its whole answer."""

    def __init__(self, code: str, said: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.said = said or {}


type BeforeCall = Callable[[Service, str, Mapping[str, Any]], None]

# Asked before each call, and may refuse it by raising; the laptop holds functions to their grants here.
before_call: list[BeforeCall] = []


def call(service: Service, operation: str, parameters: Mapping[str, Any], path: str = "/") -> dict[str, Any]:
    """Make a call, once more where that may help, and return its answer. Raises `CallFailed`.

    A call whose answer was lost is made twice: what must not happen twice needs a condition of its own.
    """
    for hook in before_call:
        hook(service, operation, parameters)
    body = json.dumps(parameters).encode()
    for left in reversed(range(TRIES)):
        try:
            return _sent(service, operation, path, body)
        except CallFailed as failure:
            if not left or not (failure.code in _TRY_AGAIN or failure.said.get("status", 500) >= 500):
                raise
            # Spreads who comes back when.
            time.sleep(random.uniform(0, PAUSE_SECONDS))  # noqa: S311  # nosec B311
    raise AssertionError("the last try returns or raises")


def _sent(service: Service, operation: str, path: str, body: bytes) -> dict[str, Any]:
    address, region = _address(service), os.environ["AWS_REGION"]
    headers = {"host": urlsplit(address).netloc} | _read_by(service, operation)
    named, now = service.signer or service.name, datetime.now(UTC)
    headers = signed(headers, body, path, by=_credentials(), region=region, service=named, at=now)
    try:
        answer = request("POST", address + path, headers, body, timeouts=TIMEOUTS)
        said = json.loads(answer.body or b"{}")
    except (NoResponse, ValueError) as error:
        raise CallFailed(NO_ANSWER) from error
    if answer.status != 200:
        raise CallFailed(_code(answer, said), {**said, "status": answer.status})
    return said


def _read_by(service: Service, operation: str) -> dict[str, str]:
    """The headers that a service knows by what is asked, and how."""
    if not service.prefix:
        return {"content-type": "application/json"}
    kind = f"application/x-amz-json-{service.json}"
    return {"content-type": kind, "x-amz-target": f"{service.prefix}.{operation}"}


def _code(answer: Response, said: Any) -> str:
    """Read an error's code, which some services put behind a namespace, and some into a header, before an address."""
    found = said.get("__type") or answer.headers.get("x-amzn-errortype") or answer.status
    return str(found).rpartition("#")[2].partition(":")[0]


def _address(service: Service) -> str:
    """Return where a service is asked; the variables that say another place are those of AWS's own tools."""
    elsewhere = os.environ.get(f"AWS_ENDPOINT_URL_{service.variable}") or os.environ.get("AWS_ENDPOINT_URL")
    return elsewhere or f"https://{service.place or service.name}.{os.environ['AWS_REGION']}.amazonaws.com"


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
