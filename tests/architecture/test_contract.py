"""The whole API against its own description: whatever is sent, no answer is a failure of ours or off its schema."""

import base64
import io
import json
import os
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import pytest
import requests
import schemathesis
import urllib3
from hypothesis import HealthCheck, settings
from requests.adapters import BaseAdapter, HTTPAdapter
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.connections import Request
from local.gateway import event_of
from local.openapi_file import built
from local.routing import Router
from ravo.platform import valkey
from tests.architecture.conftest import WholeShop
from tests.conftest import THOROUGH
from tests.gateway import context, function
from tests.jobs import cloud

ROUTER = Router(cloud().routes)
# What is there is asked for in each run, anything at all in thorough ones.
EXAMPLES = 10 if THOROUGH in os.environ else 2
# What API Gateway says by itself where no function stands, which is not in our hands.
NO_ROUTE = '{"message":"Not Found"}'


class Functions(BaseAdapter):
    """Answers requests from the functions themselves, as the gateway would have them called."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        asked = Request()
        path, _, asked.query = request.path_url.partition("?")
        asked.method, asked.path = request.method or "GET", unquote(path)
        asked.headers = [(name.lower(), str(value)) for name, value in request.headers.items()]
        asked.body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        match = ROUTER.find(asked.method, asked.path)
        if match is None:
            return _response(request, {"statusCode": 404, "headers": {}, "body": NO_ROUTE})
        module = cloud().functions[match.route.function].module
        return _response(request, function(module).handler(event_of(asked, match), context(match.route.function)))

    def close(self) -> None:
        """Nothing is held."""


def _response(request: requests.PreparedRequest, answer: dict[str, Any]) -> requests.Response:
    body = answer.get("body") or ""
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    raw = urllib3.HTTPResponse(
        io.BytesIO(content), headers=answer["headers"], status=answer["statusCode"], preload_content=False
    )
    return HTTPAdapter().build_response(request, raw)


schema = schemathesis.openapi.from_dict(json.loads(built().read_text()))
schema.config.update(base_url="http://functions")
schema.config.phases.coverage.enabled = THOROUGH in os.environ
schema.config.phases.coverage.unexpected_methods = set()


@pytest.fixture
def session() -> requests.Session:
    """A client of the functions."""
    made = requests.Session()
    made.mount("http://functions", Functions())
    return made


def _aim(case: schemathesis.Case, shop: dict[str, str]) -> None:
    """Let the address name what is there."""
    parts = case.path.split("/")
    for before, part in pairwise(parts):
        name = part.strip("{}")
        if part.startswith("{") and name in case.path_parameters:
            case.path_parameters[name] = "best" if name == "slug" else shop[before]


# It makes up what it sends anew each time, so that what it covers is nothing to rely on; to measure it takes half as long again.
@pytest.mark.no_cover
@pytest.mark.parametrize(
    "known", [pytest.param(False, marks=pytest.mark.thorough), True], ids=["anything", "what is there"]
)
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_no_answer_is_a_failure_of_ours_or_off_its_schema(
    case: schemathesis.Case, known: bool, session: requests.Session, whole_shop: WholeShop
) -> None:
    valkey.execute("FLUSHALL")
    if known:
        _aim(case, whole_shop.things)
    with whole_shop.session.connection().begin_nested() as savepoint:
        # An owner with an account, since what gives rights looks the caller up, and who has all that is there.
        answer = case.call(session=session, headers={"authorization": f"Bearer {whole_shop.token()}"})
        savepoint.rollback()
    if answer.text == NO_ROUTE:
        return
    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    case.validate_response(answer, checks=checks)
