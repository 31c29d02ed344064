"""Signing in with a second factor: asked for after the password, and each code taken once."""

import hashlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from ravo.identity.recovery_codes import service as recovery_codes
from ravo.identity.totp import service as totp
from ravo.platform import tokens
from tests.identity.accounts import NEW_PASSWORD, reset, reset_link
from tests.identity.people import cookie_of, refresh
from tests.identity.second_factors import SECRET, WRONG, Ada, Clock, fields, sessions
from tests.mails import mailbox


def test_sign_in_asks_for_the_code_only_after_the_right_password(ada: Ada) -> None:
    ada.turn_on()

    wrong, missing = ada.login(password="wrong password"), ada.login()

    assert (wrong.status, wrong.error["message"], fields(wrong)) == (401, "Mail address or password is wrong.", [])
    assert (missing.status, missing.error["code"], fields(missing)) == (401, "UNAUTHENTICATED", ["oneTimePassword"])
    assert missing.cookies == []
    assert ada.login(ada.code(), password="wrong password").error == wrong.error


def test_a_right_code_signs_in_and_the_token_says_so_also_after_a_refresh(ada: Ada) -> None:
    before = tokens.verify(ada.token)
    ada.turn_on()

    reply = ada.login(ada.code())

    assert reply.status == 200
    assert before.second_factor is False
    assert tokens.verify(reply.data["accessToken"]).second_factor is True
    assert tokens.verify(refresh(cookie_of(reply)).data["accessToken"]).second_factor is True


def test_another_password_by_a_mailed_link_does_not_get_past_the_second_factor(ada: Ada, database: Any) -> None:
    ada.turn_on()

    assert reset(reset_link(database, mailbox())).status == 204

    without = ada.login(password=NEW_PASSWORD)
    assert (without.status, fields(without)) == (401, ["oneTimePassword"])
    assert sessions(database) == 0
    assert ada.login(ada.code(), password=NEW_PASSWORD).status == 200


@pytest.mark.parametrize("written", ["{} {}", "{}-{}", " {}{} "])
def test_spaces_and_dashes_are_for_people(ada: Ada, written: str) -> None:
    code = ada.turn_on().code()

    assert ada.login(written.format(code[:3], code[3:])).status == 200


def test_a_code_is_taken_once(ada: Ada, database: Any) -> None:
    code = ada.turn_on().code()
    assert ada.login(code).status == 200
    before = sessions(database)

    again = ada.login(code)

    assert (again.status, again.error["message"]) == (401, "The one-time password is wrong.")
    assert sessions(database) == before


def test_a_code_from_before_the_last_one_is_not_taken(ada: Ada) -> None:
    ada.turn_on()
    earlier = ada.code()
    ada.clock.pass_by(seconds=30)
    assert ada.login(ada.code()).status == 200

    assert ada.login(earlier).status == 401


def test_the_code_that_turned_it_on_signs_nobody_in(ada: Ada) -> None:
    ada.turn_on()
    ada.clock.pass_by(seconds=-30)

    assert ada.login(ada.code()).status == 401


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_a_clock_may_be_one_step_off(ada: Ada, steps: int, status: int) -> None:
    ada.turn_on()
    ada.clock.pass_by(seconds=300)

    assert ada.login(ada.code(steps=steps)).status == status


@pytest.mark.parametrize("code", [WRONG, "12345", "1234567", "abcdef", "١٢٣٤٥٦", "AAAA-AAAA-AAAA-AAAA", "A" * 40])
def test_what_is_no_code_of_theirs_opens_nothing(ada: Ada, database: Any, code: str) -> None:
    ada.turn_on()
    before = sessions(database)

    assert ada.login(code).status == 401

    assert sessions(database) == before


@pytest.mark.parametrize("code", ["", "A" * 61, 123456, ["1"]])
def test_what_can_be_no_code_is_invalid(ada: Ada, code: Any) -> None:
    assert (ada.login(code).status, fields(ada.login(code))) == (422, ["oneTimePassword"])


def test_a_factor_that_was_never_confirmed_is_not_asked_for_and_a_code_for_none_does_no_harm(ada: Ada) -> None:
    ada.begin()

    reply = ada.login(WRONG)

    assert reply.status == 200
    assert tokens.verify(reply.data["accessToken"]).second_factor is False


def test_another_s_code_opens_nothing(ada: Ada, clock: Clock, database: Any) -> None:
    ada.turn_on()
    eve = Ada(clock, database, "eve@example.com").turn_on()

    assert ada.login(eve.code()).status == 401
    assert ada.login(eve.recovery[0]).status == 401
    assert eve.login(eve.recovery[0]).status == 200


def test_each_recovery_code_opens_once_however_it_is_written(ada: Ada) -> None:
    ada.turn_on()
    first, second = ada.recovery[:2]

    assert ada.login(first).status == 200
    assert ada.login(first).status == 401
    assert ada.login(second.lower().replace("-", " ")).status == 200
    assert ada.state()["recoveryCodesLeft"] == 8


@given(st.data())
def test_a_recovery_code_is_known_by_its_letters_alone(data: Any) -> None:
    (code, *_) = recovery_codes.new_codes()
    scattered = "".join(letter + data.draw(st.sampled_from(["", " ", "-"])) for letter in code)

    assert recovery_codes.hash_of(scattered) == recovery_codes.hash_of(code.lower()) == recovery_codes.hash_of(code)


def test_a_recovery_code_has_140_random_bits_in_groups_that_people_can_type(ada: Ada) -> None:
    ada.turn_on()

    assert all(re.fullmatch(r"([A-Z2-7]{4}-){6}[A-Z2-7]{4}", code) for code in ada.recovery)
    assert len(set(ada.recovery)) == 10


def test_a_shorter_code_from_before_opens_until_it_is_used(ada: Ada, database: Any) -> None:
    ada.turn_on()
    kept_hash = hashlib.sha256(b"ABCDEFGHIJKLMNOP").digest()
    database.execute(
        text("UPDATE recovery_codes SET hash = :hash WHERE id = (SELECT id FROM recovery_codes LIMIT 1)"),
        {"hash": kept_hash},
    )

    assert ada.login("abcd-efgh-ijkl-mnop").status == 200
    assert ada.login("abcd-efgh-ijkl-mnop").status == 401


@given(st.text(max_size=60))
def test_no_text_breaks_the_codes(written: str) -> None:
    assert recovery_codes.hash_of(written) is None or len(written) >= 16
    assert totp.step_of(SECRET, written) is None or len(written) >= 6
