"""Second factors in tests: someone with an app, and a clock that the test moves."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pyotp.totp import TOTP
from sqlalchemy import text

from tests.gateway import Reply, call
from tests.identity.people import IDENTITY, PASSWORD, register

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


def fields(reply: Reply) -> list[str]:
    """What a refusal is about."""
    return [detail["field"] for detail in reply.error["details"]]


def kept(database: Any) -> Any:
    """What is remembered of the codes that were shown."""
    return database.execute(text("SELECT last_step, failures, failed_at FROM second_factors")).one()


def sessions(database: Any) -> int:
    """How many sessions go on."""
    return database.scalar(text("SELECT count(*) FROM sessions WHERE ended_at IS NULL"))
