"""The database: what a transaction promises, what a lost connection costs, and migrations both ways."""

import json
import os
import re
import time
from typing import Any

import psycopg
import pytest
from sqlalchemy import inspect, text

from local.services import Postgres
from ravo.platform import aws, migrations, tokens
from ravo.platform import database as db
from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import Conflict
from ravo.platform.settings import forget_settings
from tests.gateway import ROOT, call


@pytest.fixture
def own_database(migrated: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A second, empty database, as what the code connects to."""
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS other WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE other"))
    monkeypatch.setenv("DATABASE_URL", os.environ["DATABASE_URL"].replace("/postgres?", "/other?"))
    forget_settings()
    db.forget_connection()
    yield db
    db.forget_connection()
    monkeypatch.undo()
    forget_settings()


def test_migrations_go_up_to_what_the_models_say_and_down_to_nothing(own_database: Any) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    reached = migrations.upgrade()
    assert migrations.upgrade() == reached
    with db.engine().connect() as connection:
        known = migrations.table_names()
        options = {"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or name in known}
        difference = compare_metadata(MigrationContext.configure(connection, opts=options), migrations.metadata())
    assert difference == []

    assert migrations.downgrade("base") == "base"
    with db.engine().connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    assert migrations.upgrade() == reached


def test_whoever_imports_a_table_has_those_that_it_refers_to() -> None:
    shared = ROOT / "shared"
    for module in (*shared.rglob("models/*.py"), *shared.rglob("models.py")):
        source = module.read_text()
        named = set(re.findall(r'ForeignKey\(\s*"(\w+)\.', source))
        # One of another module is named by its class, which that module has to import.
        assert named <= set(re.findall(r'__tablename__ = "(\w+)"', source)), module


def test_each_migration_can_be_taken_back_alone(own_database: Any) -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(os.environ["MIGRATIONS_PATH"])
    revisions = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    assert len(scripts.get_heads()) == 1

    for revision in revisions:
        migrations.upgrade(revision)
        migrations.downgrade("-1")
        migrations.upgrade(revision)


def test_a_commit_that_fails_fails_the_request(own_database: Any) -> None:
    migrations.upgrade()
    with db.transaction() as session:
        session.execute(
            text("CREATE TABLE one (id int PRIMARY KEY, other int REFERENCES one (id) DEFERRABLE INITIALLY DEFERRED)")
        )

    with pytest.raises(Exception, match="foreign key"), db.transaction() as session:
        session.execute(text("INSERT INTO one VALUES (1, 2)"))

    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM one")) == 0


def test_a_connection_that_the_server_closed_is_replaced_without_an_error(own_database: Any) -> None:
    with db.reading() as session:
        mine = session.scalar(text("SELECT pg_backend_pid()"))
    _end(mine)

    with db.reading() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != mine


def test_a_connection_that_the_server_closed_after_a_read_is_replaced_for_a_transaction(own_database: Any) -> None:
    with db.reading() as session:
        mine = session.scalar(text("SELECT pg_backend_pid()"))
    _end(mine)

    with db.transaction() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != mine


def test_an_environment_keeps_one_connection(own_database: Any) -> None:
    pids = set()
    for _ in range(3):
        with db.transaction() as session:
            pids.add(session.scalar(text("SELECT pg_backend_pid()")))
        with db.reading() as session:
            pids.add(session.scalar(text("SELECT pg_backend_pid()")))

    assert len(pids) == 1


def test_a_transaction_after_a_read_takes_back_what_fails(own_database: Any) -> None:
    with db.transaction() as session:
        session.execute(text("CREATE TABLE one (id int)"))
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM one")) == 0

    with pytest.raises(LookupError), db.transaction() as session:
        _insert_and_fail(session)

    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM one")) == 0


def test_reads_go_on_after_one_that_failed(own_database: Any) -> None:
    with pytest.raises(Exception, match="division by zero"), db.reading() as session:
        session.execute(text("SELECT 1 / 0"))

    with db.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_a_statement_that_never_ends_is_ended(own_database: Any) -> None:
    with db.reading() as session:
        assert session.scalar(text("SHOW statement_timeout")) == "25s"
        assert session.scalar(text("SHOW lock_timeout")) == "5s"


def test_what_is_planned_each_time_is_never_prepared(own_database: Any) -> None:
    often, anew = text("SELECT 1 + CAST(:n AS integer)"), db.planned_each_time(text("SELECT 2 + CAST(:n AS integer)"))

    with db.reading() as session:
        for n in range(8):
            assert session.scalar(often, {"n": n}) == 1 + n
            assert session.scalar(anew, {"n": n}) == 2 + n
        prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()

    assert [statement.split("+")[0] for statement in prepared] == ["SELECT 1 "]


def test_through_a_proxy_nothing_is_prepared_or_set(own_database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_THROUGH_PROXY", "true")
    forget_settings()
    db.forget_connection()

    with db.reading() as session:
        assert session.scalar(text("SHOW statement_timeout")) == "0"
        raw: Any = session.connection().connection.driver_connection
        assert raw.prepare_threshold is None


def test_a_violated_constraint_is_the_refusal_that_it_means(database: Any) -> None:
    from sqlalchemy.exc import IntegrityError

    class Taken(Conflict):
        message = "Taken."

    def insert() -> None:
        with database.begin_nested():
            database.execute(
                text("INSERT INTO roles (id, name, description) VALUES (gen_random_uuid(), 'customer', '')")
            )

    def known() -> None:
        with raising_for_constraints({"uq_roles_name": Taken}):
            insert()

    def unknown() -> None:
        with raising_for_constraints({"other": Taken}):
            insert()

    with pytest.raises(Taken):
        known()
    with pytest.raises(IntegrityError):
        unknown()


def test_with_the_database_gone_requests_get_a_503_and_recover(
    migrated: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    postgres = Postgres(tmp_path, durable=False)
    postgres.start()
    monkeypatch.setenv("DATABASE_URL", postgres.url)
    forget_settings()
    db.forget_connection()
    try:
        migrations.upgrade()
        path = "/api/v1/catalog/products/nothing"
        assert call("catalog/store/get_product", "GET", path).status == 404
        postgres.stop()
        gone = call("catalog/store/get_product", "GET", path)
        unready = call("operations/store/get_readiness", "GET", "/api/v1/health/ready")
        alive = call("operations/store/get_health", "GET", "/api/v1/health")
        postgres.start()
        back = call("catalog/store/get_product", "GET", path)
    finally:
        postgres.stop()
        db.forget_connection()
        monkeypatch.undo()
        forget_settings()

    assert (gone.status, gone.error["code"], gone.headers["retry-after"]) == (503, "UPSTREAM_UNAVAILABLE", "2")
    assert (unready.status, unready.error["details"]) == (503, [{"field": "database", "message": "does not answer"}])
    assert (alive.status, back.status) == (200, 404)


def test_the_deployment_function_migrates_and_seeds_once(own_database: Any) -> None:
    from tests.gateway import context, function

    handler = function("operations/deploy/migrate").handler

    assert handler({}, context("Migrate")) == handler({}, context("Migrate"))

    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM roles WHERE name = 'super_admin'")) == 1


def test_the_first_deployment_makes_the_signing_key_where_the_templates_have_it(
    own_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ravo.platform.keyring import Keyring
    from tests.gateway import context, function
    from tests.grants import cloud

    said = cloud().functions["Migrate"].environment
    secret, parameter = said["SIGNING_KEY_SECRET_ARN"], said["VERIFICATION_KEYS_PARAMETER"]
    aws.client("secretsmanager").create_secret(Name=secret.rpartition(":")[2], SecretString="generated")
    aws.client("ssm").put_parameter(Name=parameter, Value='{"keys": []}', Type="String")
    monkeypatch.delenv("SIGNING_KEY")
    monkeypatch.setenv("SIGNING_KEY_SECRET_ARN", secret)
    monkeypatch.setenv("VERIFICATION_KEYS_PARAMETER", parameter)
    forget_settings()

    function("operations/deploy/migrate").handler({}, context("Migrate"))

    made = aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    published = aws.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
    assert json.loads(published) == json.loads(tokens.published_keys(*Keyring.read(made).pems))


def _insert_and_fail(session: Any) -> None:
    session.execute(text("INSERT INTO one VALUES (1)"))
    raise LookupError


def _end(pid: int) -> None:

    address = os.environ["DATABASE_URL"].partition("host=")[2]
    with psycopg.connect(f"host={address} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
    time.sleep(0.1)
