"""The own second factor: set up, renewed and taken away by its owner alone, and kept so that nobody can read it."""

import base64
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pyotp.totp import TOTP
from sqlalchemy import text

from ravo.identity.totp import service as totp
from ravo.platform import tokens, valkey
from ravo.platform.ids import uuid7
from ravo.platform.sealing import SealBroken
from tests.identity.accounts import ask_for
from tests.identity.people import PASSWORD, cookie_of, login, me, refresh
from tests.identity.providers import sign_in, unlink
from tests.identity.second_factors import OWN, SECRET, WRONG, Ada, Clock, fields, kept, sessions


def test_a_second_factor_counts_once_its_first_code_was_shown(ada: Ada, database: Any) -> None:
    begun = ada.begin()

    assert (begun.status, begun.headers["location"]) == (201, OWN)
    assert ada.login().status == 200
    assert ada.state() == {"on": False, "confirmedAt": None, "recoveryCodesLeft": 0}
    ada.app = TOTP(begun.data["secret"])
    confirmed = ada.confirm(ada.code())

    assert confirmed.status == 200
    assert len(set(confirmed.data["recoveryCodes"])) == 10
    assert ada.state()["on"] is True
    assert ada.state()["recoveryCodesLeft"] == 10
    assert ada.login().status == 401


def test_an_app_reads_the_secret_from_the_address(ada: Ada) -> None:
    begun = ada.begin().data

    address = urlsplit(begun["uri"])
    assert (address.scheme, address.netloc, unquote(address.path)) == ("otpauth", "totp", "/Ravo:ada@example.com")
    assert parse_qs(address.query) == {"secret": [begun["secret"]], "issuer": ["Ravo"]}
    assert len(base64.b32decode(begun["secret"])) == 20


def test_nothing_that_opens_the_account_is_kept_readably(ada: Ada, database: Any) -> None:
    ada.turn_on()

    (sealed,) = database.scalars(text("SELECT secret FROM second_factors"))
    assert ada.app.secret.encode() not in bytes(sealed)
    hashes = [bytes(each) for each in database.scalars(text("SELECT hash FROM recovery_codes"))]
    assert [len(each) for each in hashes] == [32] * 10
    assert not any(code.replace("-", "").encode() in each for code in ada.recovery for each in hashes)


def test_a_sealed_secret_opens_in_its_user_s_row_alone(database: Any) -> None:
    mine, other = uuid7(), uuid7()
    sealed = totp.sealed(SECRET, mine)

    assert totp.opened(sealed, mine) == SECRET
    with pytest.raises(SealBroken):
        totp.opened(sealed, other)


@pytest.mark.parametrize("password", ["wrong password", "", None])
def test_without_the_password_nothing_is_set_up(ada: Ada, database: Any, password: str | None) -> None:
    refused = ada.begin(password=password)

    assert (refused.status, refused.error["code"], fields(refused)) == (403, "FORBIDDEN", ["password"])
    assert database.scalar(text("SELECT count(*) FROM second_factors")) == 0


def test_nobody_sets_it_up_on_an_account_that_nobody_proved_to_own(ada: Ada, database: Any) -> None:
    """It would keep the owner of the address out, whose reset of the password is no way past a second factor."""
    database.execute(text("UPDATE users SET email_verified_at = NULL"))

    refused = ada.begin()

    assert (refused.status, refused.error["message"]) == (409, "Confirm your mail address first.")
    assert database.scalar(text("SELECT count(*) FROM second_factors")) == 0


def test_a_wrong_first_code_turns_nothing_on(ada: Ada, database: Any) -> None:
    assert ada.confirm(WRONG).status == 404
    ada.begin()

    refused = ada.confirm(WRONG)

    assert (refused.status, fields(refused)) == (422, ["code"])
    assert ada.state()["on"] is False
    assert database.scalar(text("SELECT count(*) FROM recovery_codes")) == 0


def test_beginning_anew_forgets_the_secret_before(ada: Ada) -> None:
    first = TOTP(ada.begin().data["secret"])
    ada.app = TOTP(ada.begin().data["secret"])

    assert ada.confirm(first.at(ada.clock())).status == 422
    assert ada.confirm(ada.code()).status == 200


def test_a_factor_that_is_on_is_not_replaced(ada: Ada, database: Any) -> None:
    ada.turn_on()
    before = database.execute(text("SELECT * FROM second_factors")).one()

    assert ada.begin().status == 409
    assert ada.confirm(ada.code()).status == 409

    assert database.execute(text("SELECT * FROM second_factors")).one() == before


def test_turning_it_on_ends_the_other_sessions_and_raises_this_one(ada: Ada, database: Any) -> None:
    elsewhere, here = cookie_of(login()), login()
    assert tokens.verify(here.data["accessToken"]).second_factor is False
    ada.token = here.data["accessToken"]

    ada.turn_on()

    assert refresh(elsewhere).status == 401
    assert sessions(database) == 1
    assert tokens.verify(refresh(cookie_of(here)).data["accessToken"]).second_factor is True


def test_new_recovery_codes_take_the_place_of_the_old(ada: Ada) -> None:
    ada.turn_on()

    renewed = ada.renew(ada.code())

    assert renewed.status == 200
    assert not set(renewed.data["recoveryCodes"]) & set(ada.recovery)
    assert ada.login(ada.recovery[0]).status == 401
    assert ada.login(renewed.data["recoveryCodes"][0]).status == 200


def test_it_goes_away_by_password_and_code_and_its_sessions_with_it(ada: Ada, database: Any) -> None:
    ada.turn_on()
    signed_in = ada.login(ada.code())
    ada.clock.pass_by(seconds=30)

    assert ada.remove(ada.code()).status == 204

    assert ada.login().status == 200
    assert database.scalar(text("SELECT count(*) FROM recovery_codes")) == 0
    assert tokens.verify(refresh(cookie_of(signed_in)).data["accessToken"]).second_factor is False
    assert ada.remove(ada.code()).status == 404
    assert ada.renew(ada.code()).status == 404


@pytest.mark.parametrize("act", ["remove", "renew"])
def test_a_found_token_alone_changes_no_way_in(ada: Ada, database: Any, act: str) -> None:
    ada.turn_on()
    before = database.execute(text("SELECT hash FROM recovery_codes ORDER BY id")).all()

    by_code, by_password = getattr(ada, act)(ada.code(), password="wrong"), getattr(ada, act)(WRONG)

    assert (by_code.status, fields(by_code)) == (403, ["password"])
    assert (by_password.status, fields(by_password)) == (403, ["code"])
    assert database.execute(text("SELECT hash FROM recovery_codes ORDER BY id")).all() == before
    assert ada.state()["on"] is True
    assert kept(database).failures == 1


def test_another_mail_address_is_asked_for_with_a_code_too(ada: Ada, database: Any) -> None:
    ada.turn_on()
    asked = "SELECT count(*) FROM mailed_tokens WHERE purpose = 'change_email'"

    without, wrong = ask_for(ada.token, "new@example.com"), ask_for(ada.token, "new@example.com", code=WRONG)

    assert [(reply.status, reply.error["details"]) for reply in (without, wrong)] == [
        (403, [{"field": "code", "message": "is needed"}]),
        (403, [{"field": "code", "message": "is wrong"}]),
    ]
    assert (database.scalar(text(asked)), kept(database).failures) == (0, 1)
    by_code = ask_for(ada.token, "new@example.com", "wrong password", code=ada.code())
    assert (by_code.status, fields(by_code)) == (422, ["currentPassword"])
    valkey.execute("FLUSHALL")
    assert ask_for(ada.token, "new@example.com", code=ada.code()).status == 202
    assert ask_for(ada.token, "new@example.com", code=ada.recovery[0]).status == 202
    assert database.scalar(text(asked)) == 2


def test_a_provider_is_taken_off_with_a_code_too(ada: Ada, database: Any) -> None:
    ada.turn_on()
    database.execute(text("UPDATE users SET email = 'mia@people.example'"))
    sign_in("google", "mia")
    linked = "SELECT count(*) FROM oauth_accounts"

    without = unlink(ada.token, "google", password=PASSWORD)
    wrong = unlink(ada.token, "google", password=PASSWORD, code=WRONG)
    by_code = unlink(ada.token, "google", code=ada.code())

    assert [(reply.status, fields(reply)) for reply in (without, wrong, by_code)] == [
        (403, ["code"]),
        (403, ["code"]),
        (403, ["password"]),
    ]
    assert (database.scalar(text(linked)), kept(database).failures) == (1, 1)
    valkey.execute("FLUSHALL")
    assert unlink(ada.token, "google", password=PASSWORD, code=ada.code()).status == 204
    assert database.scalar(text(linked)) == 0


def test_the_state_of_the_own_factor_is_the_own(ada: Ada, clock: Clock, database: Any) -> None:
    ada.turn_on()
    eve = Ada(clock, database, "eve@example.com")

    assert eve.state() == {"on": False, "confirmedAt": None, "recoveryCodesLeft": 0}
    assert me(eve.token).status == 200
