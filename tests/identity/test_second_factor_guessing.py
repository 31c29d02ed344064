"""Guessing a second factor: each wrong code makes the next wait, and of two uses at once one counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pyotp.totp import TOTP
from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.identity.accounts.models import User
from ravo.identity.totp import service as totp
from ravo.identity.totp.errors import OneTimePasswordWrong
from ravo.identity.totp.models import SecondFactor
from ravo.platform import valkey
from ravo.platform.ids import uuid7
from tests.at_once import connections, in_transactions_at_once
from tests.identity.second_factors import WRONG, Ada, kept


def test_wrong_codes_make_the_next_wait_longer_and_longer_wherever_they_come_from(ada: Ada, database: Any) -> None:
    ada.turn_on()

    tries = [ada.login(WRONG, address=f"198.51.100.{n}") for n in range(7)]

    assert [reply.status for reply in tries] == [401] * 5 + [429] * 2
    assert tries[-1].error["code"] == "RATE_LIMITED"
    assert 0 < int(tries[-1].headers["retry-after"]) <= 61
    assert kept(database).failures == 5
    # Also the right one.
    assert ada.login(ada.code(), address="198.51.100.90").status == 429
    ada.clock.pass_by(seconds=61)
    assert ada.login(WRONG, address="198.51.100.91").status == 401
    assert 61 < int(ada.login(WRONG, address="198.51.100.92").headers["retry-after"]) <= 121
    ada.clock.pass_by(seconds=121)
    # The limit of the account goes by Valkey's clock.
    valkey.execute("FLUSHALL")
    assert ada.login(ada.code(), address="198.51.100.93").status == 200
    assert (kept(database).failures, kept(database).failed_at) == (0, None)


def test_a_day_of_guessing_is_a_few_dozen_tries(ada: Ada, database: Any) -> None:
    ada.turn_on()
    user = database.scalar(text("SELECT user_id FROM second_factors"))
    end = ada.clock() + timedelta(days=1)
    tried = 0
    while ada.clock() < end:
        checked = totp.check(database, user, WRONG)
        tried += isinstance(checked, OneTimePasswordWrong)
        database.expire_all()
        ada.clock.pass_by(minutes=1)

    assert tried < 40


def test_a_recovery_code_does_not_wait(ada: Ada) -> None:
    ada.turn_on()
    for n in range(6):
        ada.login(WRONG, address=f"198.51.100.{n}")

    assert ada.login(ada.recovery[0], address="198.51.100.99").status == 200


def test_two_uses_of_one_code_at_once_are_one_use(migrated: None) -> None:
    """The others wait for the first's row, and find the step taken."""
    user, secret = uuid7(), totp.new_secret()

    def use(session: Session) -> Any:
        return totp.check(session, user, code)

    with connections() as engine:
        try:
            with Session(engine) as session, session.begin():
                session.add(User(id=user, email="race@example.com"))
                session.flush()
                sealed = totp.sealed(secret, user)
                session.add(SecondFactor(user_id=user, secret=sealed, confirmed_at=datetime.now(UTC)))
            code = TOTP(secret).at(datetime.now(UTC))
            outcomes = in_transactions_at_once(engine, *[use] * 4)
        finally:
            with engine.begin() as connection:
                connection.execute(text("DELETE FROM users WHERE id = :id"), {"id": user})

    assert sum(outcome is True for outcome in outcomes) == 1
    assert sum(isinstance(outcome, OneTimePasswordWrong) for outcome in outcomes) == 3
