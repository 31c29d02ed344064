"""How functions get into the database: passwords that change while they run, and certificates that are looked at."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import psycopg
import pytest
from sqlalchemy import make_url, text

from local.services import Postgres
from ravo.platform import aws, secrets
from ravo.platform import database as db
from ravo.platform.settings import forget_settings
from tests.gateway import call
from tests.grants import moved


@pytest.fixture
def guarded(migrated: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """A PostgreSQL that asks for a password, its login in a secret; gives a way to change what the server and the secret say."""
    postgres = Postgres(tmp_path, durable=False)
    postgres.start()
    sockets = postgres.url.partition("host=")[2]
    owner = psycopg.connect(f"host={sockets} user=postgres dbname=postgres", autocommit=True)
    secret = aws.client("secretsmanager").create_secret(Name=f"login-{tmp_path.name}", SecretString="unset")["ARN"]

    def change(server: str, told: str) -> None:
        owner.execute(f"ALTER ROLE ravo PASSWORD '{server}'")
        login = json.dumps({"username": "ravo", "password": told})
        aws.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=login)

    owner.execute("CREATE ROLE ravo LOGIN")
    (rules,) = cast("tuple[str]", owner.execute("SHOW hba_file").fetchone())
    Path(rules).write_text("local all ravo scram-sha-256\nlocal all all trust\n")
    owner.execute("SELECT pg_reload_conf()")
    change("first", "first")
    monkeypatch.delenv("DATABASE_URL")
    for name, value in {"SECRET_ARN": secret, "HOST": sockets, "NAME": "postgres"}.items():
        monkeypatch.setenv(f"DATABASE_{name}", value)
    forget_settings()
    db.forget_connection()
    with moved(DATABASE_SECRET_ARN=secret):
        yield change
    db.forget_connection()
    owner.close()
    postgres.stop()
    monkeypatch.undo()
    forget_settings()
    secrets.forget_secrets()


def _who() -> str:
    with db.transaction() as session:
        return str(session.scalar(text("SELECT current_user")))


def test_a_changed_password_is_taken_up_by_a_running_environment(guarded: Callable[[str, str], None]) -> None:
    assert _who() == "ravo"
    guarded("second", "second")
    # The connection that is there is as good as before.
    assert _who() == "ravo"

    db.engine().dispose()
    assert _who() == "ravo"

    guarded("third", "third")
    db.engine().dispose()
    with db.reading() as session:
        assert session.scalar(text("SELECT current_user")) == "ravo"


def test_a_password_that_the_secret_does_not_know_either_is_tried_once_and_refused(
    guarded: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    assert _who() == "ravo"
    guarded("known to nobody", "first")
    db.engine().dispose()

    with pytest.raises(OperationalError, match="password authentication failed"):
        _who()
    guarded("known to nobody", "known to nobody")
    assert _who() == "ravo"


def test_a_request_during_a_change_of_the_password_is_answered_and_shows_nothing(
    guarded: Callable[[str, str], None],
) -> None:
    assert _who() == "ravo"
    guarded("nobody knows", "wrong")
    db.engine().dispose()

    unready = call("operations/store/get_readiness", "GET", "/api/v1/health/ready")

    assert (unready.status, unready.error["details"]) == (503, [{"field": "database", "message": "does not answer"}])
    assert b"wrong" not in unready.body


@pytest.mark.parametrize("through_proxy", ["true", "false"])
def test_the_servers_certificate_is_looked_at_where_its_authorities_are_known(
    guarded: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, through_proxy: str
) -> None:
    monkeypatch.setenv("DATABASE_THROUGH_PROXY", through_proxy)
    forget_settings()
    authorities = tmp_path / "authorities.pem"
    monkeypatch.setattr("ravo.platform.secrets.DATABASE_AUTHORITIES", authorities)

    without = make_url(secrets.database_url()).query
    authorities.write_text("")
    held = make_url(secrets.database_url()).query

    assert held["sslmode"] == "verify-full"
    if through_proxy == "true":
        assert without == held
        assert "Amazon Root CA 1" in Path(str(held["sslrootcert"])).read_text()
    else:
        assert (without["sslmode"], "sslrootcert" in without) == ("require", False)
        assert held["sslrootcert"] == str(authorities)
