"""A new value for the front door to prove itself with: at no moment does CloudFront show what a function refuses."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ravo.operations.front_door import service as front_door
from ravo.operations.front_door.errors import FrontDoorUnproven
from ravo.platform import aws, secrets
from ravo.platform.http import front_door as door
from ravo.platform.origin import OriginSecret
from ravo.platform.settings import forget_settings
from tests.gateway import call
from tests.grants import moved
from tests.jobs import scheduled

START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
PATH = "/api/v1/health"


class Died(RuntimeError):
    """The process ended here."""


def _origin(name: str, *headers: dict[str, str]) -> dict[str, Any]:
    return {
        "Id": name,
        "DomainName": f"{name}.execute-api.eu-central-1.amazonaws.com",
        "CustomHeaders": {"Quantity": len(headers), "Items": list(headers)},
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
    }


class Shop:
    """A deployment behind a distribution, with a clock to move."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        name = f"door-{os.urandom(4).hex()}"
        manager = aws.client("secretsmanager")
        self.secret = manager.create_secret(Name=name, SecretString='{"sent": "generated"}')["ARN"]
        proof = {"HeaderName": "X-Origin-Secret", "HeaderValue": "generated"}
        origins = [
            _origin("operations", proof),
            _origin("catalog", {"HeaderName": "X-Other", "HeaderValue": "kept"}, dict(proof)),
            _origin("media"),
        ]
        self.distribution = aws.client("cloudfront").create_distribution(DistributionConfig=config(name, origins))[
            "Distribution"
        ]["Id"]
        self.parameter = f"/tests/{name}"
        aws.client("ssm").put_parameter(Name=self.parameter, Value=self.distribution, Type="String")
        monkeypatch.setenv("ORIGIN_SECRET_ARN", self.secret)
        monkeypatch.setenv("FRONT_DOOR_PARAMETER", self.parameter)
        monkeypatch.setattr("ravo.operations.front_door.service.now", lambda: self.now)

    def said(self) -> OriginSecret:
        held = aws.client("secretsmanager").get_secret_value(SecretId=self.secret)["SecretString"]
        return OriginSecret.read(held)

    def shown(self) -> set[str]:
        """What CloudFront sends to the APIs."""
        items = aws.client("cloudfront").get_distribution_config(Id=self.distribution)["DistributionConfig"]["Origins"][
            "Items"
        ]
        headers = [header for origin in items for header in origin.get("CustomHeaders", {}).get("Items", [])]
        assert {"HeaderName": "X-Other", "HeaderValue": "kept"} in headers
        return {header["HeaderValue"] for header in headers if header["HeaderName"] == "X-Origin-Secret"}

    def answers(self) -> set[int]:
        """What the functions answer to what CloudFront sends now: to one that read the secret this moment."""
        secrets.forget_secrets()
        door.forget()
        return {
            call("operations/store/get_health", "GET", PATH, headers={"x-origin-secret": value}).status
            for value in self.shown()
        }

    def run(self, *, begin: bool = False) -> str:
        return front_door.rotate(begin=begin)


def config(reference: str, origins: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "CallerReference": reference,
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": len(origins), "Items": origins},
        "WebACLId": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/ravo/1",
        "DefaultCacheBehavior": {"TargetOriginId": "operations", "ViewerProtocolPolicy": "https-only"},
    }


@pytest.fixture
def shop(database: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    made = Shop(monkeypatch)
    forget_settings()
    secrets.forget_secrets()
    door.forget()
    with moved(ORIGIN_SECRET_ARN=made.secret, FRONT_DOOR_PARAMETER=made.parameter):
        yield made
    monkeypatch.undo()
    forget_settings()
    secrets.forget_secrets()
    door.forget()


def test_a_new_shop_notes_the_age_of_its_secret_and_changes_nothing(shop: Shop) -> None:
    assert shop.run() == "nothing"
    assert shop.said() == OriginSecret(sent="generated", since=START)
    shop.now += timedelta(days=29)
    assert shop.run() == "nothing"
    assert shop.shown() == {"generated"}


def test_a_value_is_accepted_before_it_is_sent_and_sent_before_the_old_is_forgotten(shop: Shop) -> None:
    steps: list[str] = []
    for _ in range(7):
        steps.append(shop.run(begin=not steps))
        assert shop.answers() == {200}
        shop.now += timedelta(hours=1)

    assert steps == ["begun", "sent", "switched", "retired", "nothing", "nothing", "nothing"]
    said = shop.said()
    assert (said.next, said.previous, shop.shown()) == (None, None, {said.sent})
    assert said.sent != "generated"
    assert len(said.sent) >= 48
    assert call("operations/store/get_health", "GET", PATH, headers={"x-origin-secret": "generated"}).status == 403


def test_a_month_later_it_begins_by_itself(shop: Shop) -> None:
    shop.run()
    shop.now += timedelta(days=30)

    assert shop.run() == "begun"


def test_nothing_is_sent_before_every_function_has_read_of_it(shop: Shop) -> None:
    shop.run(begin=True)
    shop.now += timedelta(seconds=2 * secrets.KEPT_FOR_SECONDS - 1)

    assert (shop.run(), shop.shown()) == ("waits", {"generated"})
    shop.now += timedelta(seconds=1)
    assert shop.run() == "sent"


def test_the_old_value_is_right_until_every_place_sends_the_new_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.run(begin=True)
    shop.now += timedelta(hours=1)
    shop.run()
    monkeypatch.setattr("ravo.operations.front_door.service._is_deployed", lambda _identity: False)

    for _ in range(5):
        shop.now += timedelta(hours=1)
        assert shop.run() == "waits"
    assert set(shop.said().accepted) == {"generated", *shop.shown()}


def test_beginning_twice_is_beginning_once(shop: Shop) -> None:
    scheduled("operations/schedules/rotate_origin_secret", begin=True)
    begun = shop.said()
    scheduled("operations/schedules/rotate_origin_secret", begin=True)

    assert shop.said() == begun
    assert begun.next


def test_a_deployment_in_the_middle_sends_the_old_value_which_is_right_and_is_told_again(shop: Shop) -> None:
    shop.run(begin=True)
    shop.now += timedelta(hours=1)
    assert shop.run() == "sent"
    # CloudFormation puts in what the secret names as sent.
    front_door._tell(shop.distribution, shop.said().sent)
    assert (shop.shown(), shop.answers()) == ({"generated"}, {200})

    steps: list[str] = []
    for _ in range(4):
        shop.now += timedelta(hours=1)
        steps.append(shop.run())
        assert shop.answers() == {200}
    assert steps == ["sent", "switched", "retired", "nothing"]


def test_what_someone_else_put_into_the_distribution_is_mended(shop: Shop) -> None:
    shop.run()
    front_door._tell(shop.distribution, "by hand")

    assert (shop.run(), shop.shown()) == ("sent", {"generated"})


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("killed", range(4))
def test_a_run_killed_at_any_write_is_taken_up_by_the_next_and_no_request_is_refused(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, killed: int, after: bool
) -> None:
    class Cut:
        """A client whose writing calls end the process."""

        def __init__(self, client: Any) -> None:
            self._client = client

        def __getattr__(self, name: str) -> Any:
            real = getattr(self._client, name)

            def write(**arguments: Any) -> Any:
                if after:
                    real(**arguments)
                raise Died

            return write if name in ("put_secret_value", "update_distribution") else real

    shop.run()
    died = 0
    for step in range(8):
        if step == killed:
            with monkeypatch.context() as patch:
                patch.setattr(
                    "ravo.operations.front_door.service.aws",
                    type("A", (), {"client": lambda service: Cut(aws.client(service))}),
                )
                with pytest.raises(Died):
                    shop.run(begin=step == 0)
            died += 1
        else:
            shop.run(begin=step == 0 or (killed == 0 and step == 1 and not shop.said().next))
        assert shop.answers() == {200}
        shop.now += timedelta(hours=1)

    said = shop.said()
    assert died == 1
    assert (said.accepted, shop.shown()) == ((said.sent,), {said.sent})
    assert said.sent != "generated"


def test_a_distribution_that_shows_nothing_is_an_error_to_look_at(shop: Shop) -> None:
    client = aws.client("cloudfront")
    got = client.get_distribution_config(Id=shop.distribution)
    for origin in got["DistributionConfig"]["Origins"]["Items"]:
        origin["CustomHeaders"] = {"Quantity": 0, "Items": []}
    client.update_distribution(Id=shop.distribution, IfMatch=got["ETag"], DistributionConfig=got["DistributionConfig"])

    with pytest.raises(FrontDoorUnproven):
        shop.run()


def test_the_values_stand_in_no_log(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    from ravo.platform.observability import logger

    logger().setLevel("INFO")
    for _ in range(5):
        scheduled("operations/schedules/rotate_origin_secret", begin=True)
        shop.now += timedelta(hours=1)
    logger().setLevel("WARNING")

    logged = json.dumps([{name: str(value) for name, value in vars(record).items()} for record in caplog.records])
    assert not any(value in logged for value in ("generated", *shop.said().accepted))


def test_without_a_front_door_there_is_nothing_to_do(database: Any) -> None:
    assert front_door.rotate(begin=True) == "nothing"
