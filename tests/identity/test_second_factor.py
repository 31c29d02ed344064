"""Second factors: set up, asked for at every sign-in, taken once, guessed by nobody, and required of staff where the shop says so."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyotp.totp import TOTP
from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.identity.models import SecondFactor, User
from ravo.identity.second_factor import checking, codes, queries
from ravo.platform import tokens, valkey
from ravo.platform.ids import uuid7
from ravo.platform.sealing import SealBroken
from ravo.platform.settings import forget_settings
from tests.at_once import connections, in_transactions_at_once
from tests.gateway import Reply, call
from tests.identity.accounts import NEW_PASSWORD, reset, reset_link
from tests.identity.people import IDENTITY, PASSWORD, cookie_of, login, me, refresh, register
from tests.identity.providers import cookie_of as named_cookie
from tests.identity.providers import sign_in
from tests.mails import mailbox

OWN = f"{IDENTITY}/me/second-factor"
WRONG = "000000"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Clock:
    """The moment as codes and waits see it."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **time: float) -> None:
        self.moment += timedelta(**time)


@pytest.fixture
def clock(database: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that the test moves."""
    made = Clock()
    for module in (codes, checking, queries):
        monkeypatch.setattr(module, "now", made)
    return made


@pytest.fixture(autouse=True)
def _settings(database: Any) -> Iterator[None]:
    yield
    forget_settings()


class Ada:
    """Someone with an app."""

    def __init__(self, clock: Clock, database: Any, email: str = "ada@example.com") -> None:
        self.clock, self.email = clock, email
        self.token = register(email).data["accessToken"]
        database.execute(text("UPDATE users SET email_verified_at = now()"))
        self.app = TOTP(SECRET)
        self.recovery: list[str] = []

    def begin(self, **body: Any) -> Reply:
        body = {"password": PASSWORD} | body
        return call("identity/account/begin_second_factor", "POST", OWN, body=body, token=self.token)

    def confirm(self, code: str) -> Reply:
        body = {"code": code}
        return call("identity/account/confirm_second_factor", "POST", f"{OWN}/confirm", body=body, token=self.token)

    def turn_on(self) -> "Ada":
        self.app = TOTP(self.begin().data["secret"])
        self.recovery = self.confirm(self.code()).data["recoveryCodes"]
        # The code that turned it on was used by that.
        self.clock.pass_by(seconds=30)
        return self

    def code(self, *, steps: int = 0) -> str:
        return self.app.at(self.clock(), counter_offset=steps)

    def login(self, code: str | None = None, *, password: str = PASSWORD, **request: Any) -> Reply:
        body = {"email": self.email, "password": password} | ({"oneTimePassword": code} if code is not None else {})
        return call("identity/store/login", "POST", f"{IDENTITY}/login", body=body, **request)

    def remove(self, code: str, *, password: str | None = PASSWORD) -> Reply:
        body = {"password": password, "code": code}
        return call("identity/account/remove_second_factor", "DELETE", OWN, body=body, token=self.token)

    def renew(self, code: str, *, password: str | None = PASSWORD) -> Reply:
        body, path = {"password": password, "code": code}, f"{OWN}/recovery-codes"
        return call("identity/account/renew_recovery_codes", "POST", path, body=body, token=self.token)

    def state(self) -> Any:
        return call("identity/account/get_second_factor", "GET", OWN, token=self.token).data


@pytest.fixture
def ada(clock: Clock, database: Any) -> Ada:
    """Ada without a second factor."""
    return Ada(clock, database)


def fields(reply: Reply) -> list[str]:
    return [detail["field"] for detail in reply.error["details"]]


def kept(database: Any) -> Any:
    return database.execute(text("SELECT last_step, failures, failed_at FROM second_factors")).one()


def sessions(database: Any) -> int:
    return database.scalar(text("SELECT count(*) FROM sessions WHERE ended_at IS NULL"))


# Set up


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
    sealed = codes.sealed(SECRET, mine)

    assert codes.opened(sealed, mine) == SECRET
    with pytest.raises(SealBroken):
        codes.opened(sealed, other)


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


# Sign-in


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


@pytest.mark.parametrize("code", ["", "A" * 41, 123456, ["1"]])
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


# Guessing


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
    valkey.ask(lambda client: client.flushall())
    assert ada.login(ada.code(), address="198.51.100.93").status == 200
    assert (kept(database).failures, kept(database).failed_at) == (0, None)


def test_a_day_of_guessing_is_a_few_dozen_tries(ada: Ada, database: Any) -> None:
    ada.turn_on()
    user = database.scalar(text("SELECT user_id FROM second_factors"))
    end = ada.clock() + timedelta(days=1)
    tried = 0
    while ada.clock() < end:
        checked = checking.check(database, user, WRONG)
        tried += isinstance(checked, checking.OneTimePasswordWrong)
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
    user, secret = uuid7(), codes.new_secret()

    def use(session: Session) -> Any:
        return checking.check(session, user, code)

    with connections() as engine:
        try:
            with Session(engine) as session, session.begin():
                session.add(User(id=user, email="race@example.com"))
                session.flush()
                sealed = codes.sealed(secret, user)
                session.add(SecondFactor(user_id=user, secret=sealed, confirmed_at=datetime.now(UTC)))
            code = TOTP(secret).at(datetime.now(UTC))
            outcomes = in_transactions_at_once(engine, *[use] * 4)
        finally:
            with engine.begin() as connection:
                connection.execute(text("DELETE FROM users WHERE id = :id"), {"id": user})

    assert sum(outcome is True for outcome in outcomes) == 1
    assert sum(isinstance(outcome, checking.OneTimePasswordWrong) for outcome in outcomes) == 3


# Recovery codes


def test_each_recovery_code_opens_once_however_it_is_written(ada: Ada) -> None:
    ada.turn_on()
    first, second = ada.recovery[:2]

    assert ada.login(first).status == 200
    assert ada.login(first).status == 401
    assert ada.login(second.lower().replace("-", " ")).status == 200
    assert ada.state()["recoveryCodesLeft"] == 8


@given(st.data())
def test_a_recovery_code_is_known_by_its_letters_alone(data: Any) -> None:
    (code, *_) = codes.new_recovery_codes()
    scattered = "".join(letter + data.draw(st.sampled_from(["", " ", "-"])) for letter in code)

    assert codes.recovery_hash(scattered) == codes.recovery_hash(code.lower()) == codes.recovery_hash(code)


@given(st.text(max_size=40))
def test_no_text_breaks_the_codes(written: str) -> None:
    assert codes.recovery_hash(written) is None or len(written) >= 16
    assert codes.step_of(SECRET, written) is None or len(written) >= 6


def test_new_recovery_codes_take_the_place_of_the_old(ada: Ada) -> None:
    ada.turn_on()

    renewed = ada.renew(ada.code())

    assert renewed.status == 200
    assert not set(renewed.data["recoveryCodes"]) & set(ada.recovery)
    assert ada.login(ada.recovery[0]).status == 401
    assert ada.login(renewed.data["recoveryCodes"][0]).status == 200


# Away


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


# By another provider


def without_a_password(clock: Clock) -> Ada:
    mia = Ada.__new__(Ada)
    mia.clock, mia.email = clock, "mia@people.example"
    mia.token = refresh(named_cookie(sign_in("google", "mia"), "__Secure-ravo_refresh")).data["accessToken"]
    return mia


def test_who_has_no_password_sets_one_up_shortly_after_signing_in(clock: Clock, database: Any) -> None:
    mia = without_a_password(clock)
    database.execute(text("UPDATE sessions SET created_at = now() - interval '11 minutes'"))
    late = mia.begin(password=None)
    assert (late.status, late.error["message"]) == (403, "Sign in again to do this.")

    database.execute(text("UPDATE sessions SET created_at = now() - interval '9 minutes'"))
    assert mia.turn_on().state()["on"] is True


def waiting(provider: str = "google") -> list[str]:
    """Sign in by a provider, and return what the browser has when a second factor is waited for."""
    back = sign_in(provider, "mia", {"returnTo": "/cart"})
    assert back.headers["location"].endswith("/cart?secondFactor=required")
    assert not any(cookie.startswith("__Secure-ravo_refresh=") for cookie in back.cookies)
    return [named_cookie(back, "__Secure-ravo_challenge")]


def show(code: str, cookies: list[str]) -> Reply:
    body, path = {"oneTimePassword": code}, f"{IDENTITY}/login/second-factor"
    return call("identity/store/pass_second_factor", "POST", path, body=body, cookies=cookies)


def test_signing_in_by_a_provider_waits_for_the_second_factor(clock: Clock, database: Any) -> None:
    mia = without_a_password(clock).turn_on()
    open_before = sessions(database)
    cookies = waiting()
    assert sessions(database) == open_before

    wrong = show(WRONG, cookies)
    assert (wrong.status, fields(wrong)) == (401, ["oneTimePassword"])
    assert kept(database).failures == 1
    right = show(mia.code(), cookies)

    assert right.status == 200
    assert tokens.verify(right.data["accessToken"]).second_factor is True
    assert refresh(named_cookie(right, "__Secure-ravo_refresh")).status == 200
    assert any(cookie.startswith('__Secure-ravo_challenge="";') for cookie in right.cookies)
    assert show(mia.recovery[0], waiting()).status == 200


def test_only_a_challenge_of_ours_lets_someone_show_a_second_factor(clock: Clock, database: Any) -> None:
    from ravo.identity.second_factor.challenges import challenge

    mia = without_a_password(clock).turn_on()
    (cookie,) = waiting()

    for spoilt in (
        [],
        ["__Secure-ravo_challenge="],
        [cookie[:-3] + "AAA"],
        [f"__Secure-ravo_challenge={challenge(uuid7())}"],
    ):
        refused = show(mia.code(), spoilt)
        assert (refused.status, refused.error["message"]) == (401, "The sign-in took too long; begin it again.")
    database.execute(text("UPDATE users SET disabled_at = now()"))
    assert show(mia.code(), [cookie]).status == 401


def test_a_challenge_ends_after_five_minutes(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    from ravo.identity.second_factor import challenges

    mia = without_a_password(clock).turn_on()
    monkeypatch.setattr(challenges, "LIFE", timedelta(seconds=-1))

    assert show(mia.code(), waiting()).status == 401


# Staff


CATEGORY = ("catalog/admin/create_category", "POST", "/api/v1/catalog/admin/categories")


def as_staff(*, kind: Any = "user", second_factor: bool = False, permission: str = "products:write") -> Reply:
    token = tokens.sign(
        uuid7(), session_id=uuid7(), roles=["admin"], permissions=[permission], kind=kind, second_factor=second_factor
    )
    return call(*CATEGORY, body={"name": "Women"}, token=token)


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop whose staff need a second factor."""
    monkeypatch.setenv("STAFF_SECOND_FACTOR", "required")
    forget_settings()


def test_where_it_is_required_staff_do_nothing_without_a_second_factor(database: Any, required: None) -> None:
    refused = as_staff()

    assert (refused.status, refused.error["code"]) == (403, "FORBIDDEN")
    assert "second factor" in refused.error["message"]
    assert database.scalar(text("SELECT count(*) FROM categories")) == 0
    assert database.scalar(text("SELECT count(*) FROM audit_log")) == 0
    assert as_staff(second_factor=True).status == 201


def test_it_is_required_where_nothing_is_said(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STAFF_SECOND_FACTOR")
    forget_settings()

    assert as_staff().status == 403


def test_a_second_factor_gives_no_permission(database: Any, required: None) -> None:
    refused = as_staff(second_factor=True, permission="orders:read")

    assert (refused.status, refused.error["message"]) == (403, "You may not do this.")


def test_machines_are_not_locked_out(database: Any, required: None) -> None:
    assert as_staff(kind="key").status == 201


def test_staff_can_set_it_up_where_it_is_required(ada: Ada, database: Any, required: None) -> None:
    role = text(
        "INSERT INTO user_roles (user_id, role_id) SELECT u.id, r.id FROM users u, roles r WHERE r.name = 'admin'"
    )
    database.execute(role)
    assert call(*CATEGORY, body={"name": "Women"}, token=ada.login().data["accessToken"]).status == 403

    ada.turn_on()

    token = ada.login(ada.code()).data["accessToken"]
    assert call(*CATEGORY, body={"name": "Women"}, token=token).status == 201


def test_it_is_optional_where_the_shop_says_so(database: Any) -> None:
    assert as_staff().status == 201


def test_the_state_of_the_own_factor_is_the_own(ada: Ada, clock: Clock, database: Any) -> None:
    ada.turn_on()
    eve = Ada(clock, database, "eve@example.com")

    assert eve.state() == {"on": False, "confirmedAt": None, "recoveryCodesLeft": 0}
    assert me(eve.token).status == 200
