"""Signing keys that follow one another: no good token is refused, wherever a run breaks off."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ravo.operations.signing_keys import service as signing_keys
from ravo.platform import aws, secrets, tokens
from ravo.platform.errors import Unauthenticated
from ravo.platform.ids import uuid7
from ravo.platform.keyring import Keyring
from ravo.platform.settings import forget_settings
from tests.gateway import call, context, function
from tests.grants import moved
from tests.jobs import cloud, scheduled

START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Died(RuntimeError):
    """The process ended here."""


class Shop:
    """A deployment on the stand-in, with a clock to move and a wire to cut."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        name = f"keys-{os.urandom(4).hex()}"
        self.secret = aws.client("secretsmanager").create_secret(Name=name, SecretString="unset")["ARN"]
        self.parameter = f"/tests/{name}"
        aws.client("ssm").put_parameter(Name=self.parameter, Value='{"keys": []}', Type="String")
        monkeypatch.setenv("SIGNING_KEY_SECRET_ARN", self.secret)
        monkeypatch.setenv("VERIFICATION_KEYS_PARAMETER", self.parameter)
        for module in ("ravo.operations.signing_keys.service", "ravo.platform.tokens"):
            monkeypatch.setattr(f"{module}.now", lambda: self.now)

    def later(self, by: timedelta) -> None:
        """Let time pass, and every environment forget what it has read."""
        self.now += by
        secrets.forget_secrets()

    def ring(self) -> Keyring:
        held = aws.client("secretsmanager").get_secret_value(SecretId=self.secret)["SecretString"]
        return Keyring.read(held)

    def published(self) -> list[dict[str, str]]:
        return json.loads(aws.client("ssm").get_parameter(Name=self.parameter)["Parameter"]["Value"])["keys"]

    def sign(self) -> str:
        return tokens.sign(uuid7(), session_id=uuid7(), roles=[], permissions=[])


@pytest.fixture
def shop(database: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    for name in ("SIGNING_KEY", "VERIFICATION_KEYS"):
        monkeypatch.delenv(name)
    made = Shop(monkeypatch)
    forget_settings()
    secrets.forget_secrets()
    assert signing_keys.ensure_signing_key()
    with moved(SIGNING_KEY_SECRET_ARN=made.secret, VERIFICATION_KEYS_PARAMETER=made.parameter):
        yield made
    monkeypatch.undo()
    forget_settings()
    secrets.forget_secrets()


def kid(token: str) -> str:
    import base64

    header = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]


def test_nothing_happens_before_a_key_is_a_month_old(shop: Shop) -> None:
    shop.later(timedelta(days=29, hours=23))

    assert signing_keys.rotate() == "nothing"
    assert len(shop.published()) == 1


def test_a_key_follows_another_and_no_token_is_refused_at_any_hour(shop: Shop) -> None:
    shop.later(timedelta(days=30))
    first = kid(shop.sign())
    steps: list[str] = []
    seen: list[tuple[str, int]] = []
    for _ in range(16):
        steps.append(signing_keys.rotate())
        secrets.forget_secrets()
        token = shop.sign()
        seen.append((kid(token), len(shop.published())))
        shop.later(timedelta(minutes=14))
        tokens.verify(token)
        shop.later(timedelta(minutes=1))

    assert [step for step in steps if step != "nothing"] == ["begun", "retired"]
    # Two hours of one key signing with both published, then the other; the first is published until its tokens have ended.
    assert [which == first for which, _ in seen] == [True] * 8 + [False] * 8
    assert [count for _, count in seen] == [2] * 10 + [1] * 6
    assert shop.published()[0]["kid"] != first
    assert all("d" not in key for key in shop.published())
    assert len(shop.ring().keys) == 1


def test_an_environment_that_read_the_keys_just_before_understands_the_new_one_in_time(shop: Shop) -> None:
    read_before = secrets.verification_keys()
    signing_keys.rotate(begin=True)
    shop.now += timedelta(seconds=secrets.KEPT_FOR_SECONDS)

    assert shop.ring().signing(shop.now) == shop.ring().pems[0]
    assert len(json.loads(read_before)["keys"]) == 1
    assert shop.ring().keys[1].signs_from - START >= 2 * timedelta(seconds=secrets.KEPT_FOR_SECONDS)


def test_who_signs_with_what_it_read_before_is_understood_until_its_tokens_end(shop: Shop) -> None:
    signing_keys.rotate(begin=True)
    shop.later(2 * HOUR - timedelta(seconds=1))
    last_of_the_old = shop.sign()
    for _ in range(14):
        shop.later(timedelta(minutes=1))
        signing_keys.rotate()
        tokens.verify(last_of_the_old)


def test_an_operator_has_it_begin_now_and_twice_is_once(shop: Shop) -> None:
    scheduled("operations/schedules/rotate_signing_key", begin=True)
    begun = shop.ring()
    scheduled("operations/schedules/rotate_signing_key", begin=True)

    assert len(begun.keys) == 2
    assert shop.ring() == begun
    assert [key["kid"] for key in shop.published()] == [
        k["kid"] for k in json.loads(tokens.published_keys(*begun.pems))["keys"]
    ]


def test_the_web_sees_both_keys_while_one_follows_the_other(shop: Shop) -> None:
    signing_keys.rotate(begin=True)
    secrets.forget_secrets()

    shown = call("identity/store/get_jwks", "GET", "/.well-known/jwks.json").json

    assert shown == {"keys": shop.published()}
    assert len(shown["keys"]) == 2


class _Cut:
    """A client of which the n-th writing call of a run, and all after it, end the process."""

    def __init__(self, client: Any, left: list[int], *, after: bool) -> None:
        self._client, self._left, self._after = client, left, after

    def __getattr__(self, name: str) -> Any:
        real: Callable[..., Any] = getattr(self._client, name)
        if not name.startswith("put_"):
            return real

        def write(**arguments: Any) -> Any:
            self._left[0] -= 1
            if self._left[0] < 0 and not self._after:
                raise Died
            answer = real(**arguments)
            if self._left[0] < 0:
                raise Died
            return answer

        return write


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("writes", range(2))
@pytest.mark.parametrize("killed", ["begin", "retire"])
def test_a_run_killed_at_any_write_is_taken_up_by_the_next_and_no_token_is_refused(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, killed: str, writes: int, after: bool
) -> None:
    shop.later(timedelta(days=30))
    cut: list[Any] = []

    def client(service: str) -> Any:
        real = aws.client(service)
        return _Cut(real, cut[0], after=after) if cut else real

    monkeypatch.setattr("ravo.operations.signing_keys.service.aws", type("Cut", (), {"client": client}))
    kids: list[str] = []
    for hour in range(8):
        if hour == (0 if killed == "begin" else 3):
            cut.append([writes])
            with pytest.raises(Died):
                signing_keys.rotate()
            cut.clear()
        else:
            signing_keys.rotate()
        for _ in range(6):
            secrets.forget_secrets()
            token = shop.sign()
            kids.append(kid(token))
            shop.later(timedelta(minutes=10))
            tokens.verify(token)

    assert len(set(kids)) == 2
    assert kids == sorted(kids, key=kids.index)
    assert len(shop.ring().keys) == len(shop.published()) == 1
    assert shop.published()[0]["kid"] == kids[-1]


def test_what_a_deployment_wrote_over_is_mended_before_the_new_key_signs(shop: Shop) -> None:
    signing_keys.rotate(begin=True)
    stale = json.dumps({"keys": shop.published()[:1]})
    aws.client("ssm").put_parameter(Name=shop.parameter, Value=stale, Type="String", Overwrite=True)
    shop.later(HOUR)

    assert signing_keys.rotate() == "mended"
    assert len(shop.published()) == 2
    assert shop.ring().signing(shop.now) == shop.ring().pems[0]


def test_a_deployment_while_one_key_follows_another_leaves_both(shop: Shop) -> None:
    signing_keys.rotate(begin=True)
    before = (shop.ring(), shop.published())

    assert not signing_keys.ensure_signing_key()
    assert (shop.ring(), shop.published()) == before


def test_a_key_that_leaked_counts_no_more_and_what_a_thief_signs_is_refused(shop: Shop) -> None:
    stolen = shop.sign()

    scheduled("operations/schedules/rotate_signing_key", leaked=True)

    secrets.forget_secrets()
    with pytest.raises(Unauthenticated):
        tokens.verify(stolen)
    tokens.verify(shop.sign())
    assert len(shop.published()) == len(shop.ring().keys) == 1


def test_the_key_of_a_deployment_before_keyrings_signs_on_and_is_followed(shop: Shop) -> None:
    pem = tokens.new_signing_key()
    aws.client("secretsmanager").put_secret_value(SecretId=shop.secret, SecretString=pem)
    signing_keys.ensure_signing_key()
    secrets.forget_secrets()
    tokens.verify(shop.sign())

    assert signing_keys.rotate() == "begun"
    assert shop.ring().pems[0] == pem


def test_private_keys_show_themselves_nowhere(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    from ravo.platform.observability import logger

    logger().setLevel("INFO")
    function("operations/schedules/rotate_signing_key").handler({"begin": True}, context("RotateSigningKey"))
    logger().setLevel("WARNING")

    assert "PRIVATE" not in repr(shop.ring())
    assert "PRIVATE" not in str([vars(record) for record in caplog.records])


def test_on_a_laptop_whose_environment_brings_the_key_there_is_nothing_to_do(database: Any) -> None:
    assert (signing_keys.rotate(begin=True), signing_keys.replace()) == ("nothing", "nothing")


def test_both_rotations_are_looked_after_every_hour() -> None:
    every_hour = {s.function for s in cloud().schedules if s.expression in ("cron(20 * * * ? *)", "cron(40 * * * ? *)")}

    assert every_hour == {"RotateSigningKey", "RotateOriginSecret"}
