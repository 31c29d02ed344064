"""Guessing passwords: slowed by network and by account, while the owner gets in, and telling nobody who has an account."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from ravo.identity.trusted_devices import service as trusted_devices
from ravo.platform import valkey
from tests.gateway import Reply, answered, context, event, function
from tests.identity.people import IDENTITY, PASSWORD, cookie_of, device_of, login, me, refresh, register

ADA = "ada@example.com"
MINUTE, HOUR = 60_000, 3_600_000


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that passwords were checked against."""
    from argon2 import PasswordHasher

    hashes: list[str] = []
    verify = PasswordHasher.verify

    def note(hasher: Any, hash_: str, password: str) -> Any:
        hashes.append(hash_)
        return verify(hasher, hash_, password)

    monkeypatch.setattr(PasswordHasher, "verify", note)
    return hashes


def guess(turn: int, email: str = ADA, **request: Any) -> Reply:
    """Try a wrong password from one address of many."""
    address = f"198.{turn >> 16 & 255}.{turn >> 8 & 255}.{turn & 255}"
    return login(email, f"wrong password {turn}", address=address, **request)


def pass_minute() -> None:
    """Let the windows of a minute end, and those of an hour go on."""

    for key in valkey.execute("KEYS", "limits:*"):
        if not key.endswith((b"hour:now", b"hour:before")):
            valkey.execute("DEL", key)


def test_ten_thousand_guesses_from_everywhere_reach_a_password_ten_times_and_shut_out_no_known_device(
    database: Any, checked: list[str]
) -> None:
    device = device_of(register())
    owners: list[int] = []
    statuses: list[int] = []
    for turn in range(10_000):
        if turn % 2_000 == 1_000:
            owners.append(login(cookies=[device], address="203.0.113.50").status)
        statuses.append(guess(turn).status)

    assert owners == [200] * 5
    assert statuses[:10] == [401] * 10
    # Ten a minute; the run may take a second minute, and hardly ever a third.
    assert statuses.count(401) + statuses.count(429) == 10_000
    assert statuses.count(401) == len(checked) - 5 <= 30

    pass_minute()
    assert login(address="203.0.113.60").status == 200


def test_an_account_takes_thirty_guesses_an_hour_and_no_more(database: Any, checked: list[str]) -> None:
    register()
    statuses: list[int] = []
    for minute in range(5):
        statuses += [guess(minute * 100 + turn).status for turn in range(12)]
        pass_minute()

    assert statuses.count(401) == len(checked) == 30
    refused = guess(1_000)
    assert (refused.status, refused.error["code"]) == (429, "RATE_LIMITED")
    assert (refused.headers["ratelimit-limit"], refused.headers["ratelimit-remaining"]) == ("30", "0")
    assert 3_000 < int(refused.headers["retry-after"]) <= 3_600


def test_a_right_password_frees_nobody_elses_tries(database: Any) -> None:
    register()
    for turn in range(9):
        guess(turn)
    assert login(address="203.0.113.60").status == 200

    assert guess(10).status == 429


def test_what_is_counted_does_not_tell_who_has_an_account(database: Any) -> None:
    register()

    known = [guess(turn) for turn in range(11)]
    unknown = [guess(turn, "eve@example.com") for turn in range(100, 111)]

    def told(replies: list[Reply]) -> list[Any]:
        kept = ("ratelimit-limit", "ratelimit-remaining")
        return [(reply.status, reply.error, [reply.headers[name] for name in kept]) for reply in replies]

    assert told(known) == told(unknown)
    assert [reply.status for reply in known] == [401] * 10 + [429]


@pytest.mark.parametrize("written", ["ADA@Example.COM", "  ada@example.com\u2003", "\x0bada@example.com\x85"])
def test_one_account_is_one_however_its_address_is_written(database: Any, written: str) -> None:
    register()
    for turn in range(10):
        guess(turn, written)

    assert guess(10).status == 429
    assert guess(11, written).status == 429


def test_one_account_is_one_however_the_body_is_encoded(database: Any) -> None:
    register()
    body = json.dumps({"email": ADA, "password": PASSWORD})

    def encoded(address: str) -> int:
        sent = event("POST", f"{IDENTITY}/login", body=body, address=address)
        sent |= {"body": base64.b64encode(body.encode("utf-8-sig")).decode(), "isBase64Encoded": True}
        return answered(function("identity/store/login").handler(sent, context("Login"))).status

    statuses = [encoded(f"198.51.100.{turn}") for turn in range(11)]

    assert statuses == [200] * 10 + [429]
    assert guess(1).status == 429


def test_valkey_holds_no_mail_address_and_nothing_that_a_list_of_addresses_would_find(database: Any) -> None:
    import hashlib

    guess(1)

    keys = b"\n".join(valkey.execute("KEYS", "*")).decode()
    assert "account:" in keys
    assert "ada" not in keys
    assert hashlib.sha256(ADA.encode()).hexdigest()[:32] not in keys


def test_a_known_device_has_a_limit_of_its_own(database: Any) -> None:
    first, second = device_of(register()), device_of(login())

    stolen = [guess(turn, cookies=[first]).status for turn in range(11)]

    assert stolen == [401] * 10 + [429]
    assert login(cookies=[second], address="203.0.113.50").status == 200
    assert login(address="203.0.113.60").status == 200


def test_a_device_of_one_account_is_a_stranger_to_others(database: Any) -> None:
    device = device_of(register("eve@example.com"))
    register()
    for turn in range(10):
        guess(turn)

    assert guess(11, cookies=[device]).status == 429


@pytest.mark.parametrize("cookie", ["", "nonsense", "a.b.c", "ä"])
def test_a_device_cookie_that_is_none_makes_a_stranger(database: Any, cookie: str) -> None:
    for turn in range(10):
        guess(turn)

    assert guess(11, cookies=[f"__Secure-ravo_device={cookie}"]).status == 429


def test_device_and_access_tokens_can_not_stand_for_each_other(database: Any) -> None:
    reply = register()
    device, access = device_of(reply).partition("=")[2], reply.data["accessToken"]
    account = trusted_devices.account_key(ADA)

    assert trusted_devices.device_for(account, {"cookies": [f"__Secure-ravo_device={access}"]}) is None
    assert me(device).status == 401
    assert trusted_devices.device_for(account, {"cookies": [f"__Secure-ravo_device={device}"]})
    assert (
        trusted_devices.device_for(
            trusted_devices.account_key("eve@example.com"), {"cookies": [f"__Secure-ravo_device={device}"]}
        )
        is None
    )
    assert ADA not in device


def test_a_session_that_goes_on_makes_no_device_known(database: Any) -> None:
    assert len(refresh(cookie_of(register())).cookies) == 1


def test_when_the_sealing_secret_changes_devices_are_strangers_until_they_sign_in_again(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ravo.platform.settings import forget_settings

    before, device = trusted_devices.account_key(ADA), trusted_devices.device_token(ADA)
    monkeypatch.setenv("SEALING_SECRET", "another-secret")
    forget_settings()
    after = trusted_devices.account_key(ADA)

    assert after != before
    assert trusted_devices.device_for(after, {"cookies": [f"__Secure-ravo_device={device}"]}) is None
    monkeypatch.undo()
    forget_settings()


def test_a_device_is_forgotten_after_half_a_year(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trusted_devices, "DEVICE_LIFE", timedelta(seconds=-1))
    device = trusted_devices.device_token(ADA)

    assert (
        trusted_devices.device_for(trusted_devices.account_key(ADA), {"cookies": [f"__Secure-ravo_device={device}"]})
        is None
    )


def test_without_valkey_guesses_are_few_in_each_process(database: Any, down: None, checked: list[str]) -> None:
    statuses = [guess(turn).status for turn in range(20)]

    assert statuses[:10] == [401] * 10
    # Blind, windows begin with the minute, and one may begin in between: what came just before counts nearly whole.
    assert statuses[10:].count(429) >= 8
    assert len(checked) == statuses.count(401)
    assert set(statuses) == {401, 429}


def test_an_unknown_mail_costs_the_same_statements_and_one_hash_as_a_wrong_password(
    database: Any, checked: list[str], statements: list[str]
) -> None:
    register()
    statements.clear()
    login(password="wrong password")
    known = statements.copy()
    statements.clear()
    login("eve@example.com")

    assert statements == known
    assert len(known) == 1
    assert [hash_.rpartition("$")[0].rpartition("$")[0] for hash_ in checked] == ["$argon2id$v=19$m=19456,t=2,p=1"] * 2


def test_a_sign_in_that_is_refused_by_a_limit_asks_no_database(database: Any, statements: list[str]) -> None:
    for turn in range(10):
        guess(turn)
    statements.clear()

    assert guess(10).status == 429
    assert statements == []


def test_registrations_are_few_from_one_network(database: Any) -> None:
    statuses = [register(f"ada{n}@example.com", password=PASSWORD).status for n in range(11)]

    assert statuses == [201] * 10 + [429]
