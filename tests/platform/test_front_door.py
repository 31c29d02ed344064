"""The front door's proof: who did not come through it is refused before anything else, and addresses are what CloudFront saw."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import Response

from ravo.platform import aws, secrets
from ravo.platform.http import Answer, answer, anyone, create_app, front_door, lambda_handler
from ravo.platform.http.access import address_of
from ravo.platform.schemas import Reply
from ravo.platform.settings import forget_settings
from tests.gateway import ROOT, call, context, event, function
from tests.gateway import Reply as Got
from tests.jobs import cloud

calls: list[str] = []


class Told(Reply):
    ok: bool


async def tell() -> Response:
    """Do something that leaves a trace."""
    calls.append("told")
    return answer(Told(ok=True))


def send(**headers: str) -> Got:
    app = create_app()
    app.add_api_route("/things", tell, methods=["POST"], response_model=Answer[Told], dependencies=[anyone])
    raw = lambda_handler(app)(event("POST", "/things", headers=headers), context("Things"))
    return Got(raw["statusCode"], {k.lower(): v for k, v in raw["headers"].items()}, raw["body"].encode())


def shown(value: str, **more: str) -> dict[str, str]:
    return {"x-origin-secret": value} | more


@pytest.fixture(autouse=True)
def door(database: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Put up a front door: with a value, or with a secret of the stand-in to fetch."""
    calls.clear()

    def put(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        forget_settings()
        secrets.forget_secrets()
        front_door.forget()

    yield put
    monkeypatch.undo()
    aws.forget_clients()
    put()


def stored(document: str) -> str:
    manager = aws.client("secretsmanager")
    return manager.create_secret(Name=f"door-{os.urandom(4).hex()}", SecretString=document)["ARN"]


def test_without_a_front_door_everyone_is_answered() -> None:
    assert send().status == 200
    assert send(**shown("anything")).status == 200


@pytest.mark.parametrize("wrong", [None, "", "s3cre", "s3cret ", "S3CRET", "s3cret,s3cret", "s3cr\u00e9t"])
def test_who_does_not_come_through_the_front_door_is_refused_before_anything_else(door: Any, wrong: str | None) -> None:
    door(ORIGIN_SECRET="s3cret")
    headers = {"idempotency-key": os.urandom(8).hex()} | ({} if wrong is None else shown(wrong))

    refused = send(**headers)

    assert (refused.status, refused.error["code"]) == (403, "FORBIDDEN")
    assert refused.json["success"] is False
    assert refused.headers["x-request-id"] == refused.json["meta"]["requestId"]
    assert refused.headers["x-content-type-options"] == "nosniff"
    assert refused.headers["cache-control"] == "private, no-store"
    assert "s3cret" not in refused.body.decode()
    assert calls == []
    # Nothing was kept under the key: the same request through the front door is the first one.
    assert send(**headers | shown("s3cret")).status == 200
    assert calls == ["told"]


def test_an_answer_that_is_kept_is_not_told_to_who_passes_the_front_door_by(door: Any) -> None:
    door(ORIGIN_SECRET="s3cret")
    assert send(**{"idempotency-key": "kept"}, **shown("s3cret")).status == 200

    assert send(**{"idempotency-key": "kept"}).status == 403


def test_while_one_value_takes_the_place_of_another_both_are_right_and_no_third(door: Any) -> None:
    door(ORIGIN_SECRET=json.dumps({"sent": "now", "next": "soon"}))
    assert [send(**shown(value)).status for value in ("now", "soon", "former")] == [200, 200, 403]

    door(ORIGIN_SECRET=json.dumps({"sent": "soon", "previous": "now"}))
    assert [send(**shown(value)).status for value in ("now", "soon", "former")] == [200, 200, 403]

    door(ORIGIN_SECRET=json.dumps({"sent": "soon"}))
    assert [send(**shown(value)).status for value in ("now", "soon", "")] == [403, 200, 403]


def test_the_values_are_fetched_from_the_secret_and_kept(door: Any) -> None:
    arn = stored('{"sent": "fetched"}')
    door(ORIGIN_SECRET_ARN=arn)
    assert [send(**shown(value)).status for value in ("fetched", "later")] == [200, 403]

    aws.client("secretsmanager").put_secret_value(SecretId=arn, SecretString='{"sent": "later", "previous": "fetched"}')
    assert send(**shown("later")).status == 403
    secrets.forget_secrets()
    assert [send(**shown(value)).status for value in ("fetched", "later")] == [200, 200]


def test_where_the_secret_was_never_seen_nobody_is_let_in(door: Any) -> None:
    door(ORIGIN_SECRET_ARN="arn:aws:secretsmanager:eu-central-1:123456789012:secret:gone")

    refused = send(**shown("anything"))

    assert (refused.status, refused.error["code"], calls) == (503, "UPSTREAM_UNAVAILABLE", [])


def test_where_the_secret_can_not_be_fetched_again_what_was_right_still_is(
    door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    door(ORIGIN_SECRET_ARN=stored('{"sent": "fetched"}'))
    assert send(**shown("fetched")).status == 200
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    aws.forget_clients()
    secrets.forget_secrets()

    assert [send(**shown(value)).status for value in ("fetched", "other")] == [200, 403]


@pytest.mark.parametrize(
    "forged",
    [
        {"x-forwarded-for": "1.1.1.1"},
        {"cloudfront-viewer-address": "1.1.1.1:443"},
        {"forwarded": "for=1.1.1.1", "x-real-ip": "1.1.1.1", "true-client-ip": "1.1.1.1"},
        shown("guess") | {"cloudfront-viewer-address": "1.1.1.1:443"},
    ],
)
def test_a_forged_address_gains_nothing(door: Any, forged: dict[str, str]) -> None:
    assert address_of(event("GET", "/", headers=forged)) == "203.0.113.7"
    door(ORIGIN_SECRET="s3cret")
    assert address_of(event("GET", "/", headers=forged)) == "203.0.113.7"


@pytest.mark.parametrize(
    ("written", "counts_as"),
    [
        ("198.51.100.10:46532", "198.51.100.10"),
        ("2001:db8::1:443", "2001:db8::/64"),
        ("2001:0db8:0000:0000:0000:0000:0000:0001:443", "2001:db8::/64"),
        ("2001:db8:0:7:ffff:ffff:ffff:ffff:65535", "2001:db8:0:7::/64"),
        ("[2001:db8:0:7::2]:443", "2001:db8:0:7::/64"),
        ("::ffff:198.51.100.10:443", "198.51.100.10"),
        ("", "203.0.113.7"),
        ("nonsense", "203.0.113.7"),
    ],
)
def test_the_front_doors_word_on_the_viewers_address_counts(door: Any, written: str, counts_as: str) -> None:
    door(ORIGIN_SECRET="s3cret")
    proven = shown("s3cret", **{"cloudfront-viewer-address": written, "x-forwarded-for": "1.1.1.1"})

    assert address_of(event("GET", "/", headers=proven)) == counts_as


def test_an_ipv6_network_of_64_bits_is_one_caller_also_where_it_is_the_peer() -> None:
    neighbours = {address_of(event("GET", "/", address=f"2001:db8:1:2::{n:x}")) for n in range(1, 50)}

    assert neighbours == {"2001:db8:1:2::/64"}
    assert address_of(event("GET", "/", address="2001:db8:1:3::1")) == "2001:db8:1:3::/64"


def test_a_limit_can_not_be_stretched_by_moving_within_a_network(door: Any) -> None:
    door(ORIGIN_SECRET="s3cret", RATE_LIMIT_PER_ADDRESS="3")

    def visit(viewer: str) -> int:
        return send(**shown("s3cret", **{"cloudfront-viewer-address": viewer})).status

    assert [visit(f"2001:db8:9:9::{n}:443") for n in range(5)] == [200, 200, 200, 429, 429]
    assert visit("2001:db8:9:8::1:443") == 200


@pytest.mark.parametrize("route", cloud().routes, ids=lambda route: route.function)
def test_every_api_is_behind_the_front_door(door: Any, route: Any) -> None:
    door(ORIGIN_SECRET="s3cret")
    module = cloud().functions[route.function].module
    sample = ROOT / "events" / module.partition("/")[0] / f"{module.rpartition('/')[2]}.json"

    refused = function(module).handler(json.loads(sample.read_text()), context(route.function))

    assert (refused["statusCode"], json.loads(refused["body"])["error"]["code"]) == (403, "FORBIDDEN")


def test_a_shopper_behind_the_front_door_sees_the_shop(door: Any) -> None:
    door(ORIGIN_SECRET="s3cret")

    assert call("catalog/store/list_products", "GET", "/api/v1/catalog/products", headers=shown("s3cret")).status == 200
    assert call("catalog/store/list_products", "GET", "/api/v1/catalog/products").status == 403
