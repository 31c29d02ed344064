"""The real parts, started once per run; a transaction around each test that is rolled back after it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.outside import CardStandIn, Moto, ProviderStandIn
from local.services import Postgres, Redis
from tests import grants
from tests.grants import cloud
from tests.mails import Mailbox, mailbox

ROOT = Path(__file__).parent.parent
# Set in runs that go all the way.
THOROUGH = "RAVO_THOROUGH_TESTS"
NEEDLESS = pytest.StashKey[list[str]]()
LONGEST = ("architecture/test_contract", "faults/", "local/", "architecture/")
NAMED_BY_GRANTS = ("EVENT_BUS", "IDEMPOTENCY_TABLE", "UPLOADS_BUCKET", "MEDIA_BUCKET")
ENVIRONMENT = {
    "ENVIRONMENT": "local",
    "MIGRATIONS_PATH": str(ROOT / "migrations"),
    # Called as the templates call them, since grants name them so.
    **{name: cloud().functions["ImportChunk"].environment[name] for name in NAMED_BY_GRANTS},
    "MEDIA_URL": "http://localhost:8000/media",
    "PUBLIC_URL": "http://localhost:8000",
    "STAFF_SECOND_FACTOR": "optional",
    # The tests are at the front door.
    "ORIGIN_SECRET_ARN": "",
    "MAIL_FROM": "Ravo <shop@ravo.example>",
    "STAFF_MAIL": "staff@ravo.example",
    "RATE_LIMIT_PER_ADDRESS": "100000",
    "RATE_LIMIT_PER_USER": "100000",
    "RATE_LIMIT_SEARCHES": "100000",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "POWERTOOLS_SERVICE_NAME": "ravo",
    "POWERTOOLS_METRICS_NAMESPACE": "Ravo",
    "LOG_LEVEL": "WARNING",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run take all tests, in all their depth."""
    parser.addoption("--thorough", action="store_true", help="also what `make test` leaves to `make test-all`")


def pytest_configure(config: pytest.Config) -> None:
    """Say how deep the run goes, and give its processes a folder for the grants that their functions use."""
    # Whoever names a file wants all of it. Workers of a run are told by the variable, which they inherit.
    if config.option.thorough or not _is_the_suite(config):
        os.environ[THOROUGH] = "1"
    if not hasattr(config, "workerinput"):
        os.environ[grants.USES] = tempfile.mkdtemp(prefix="grants-")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is for thorough runs only, and begin with the files that take longest."""
    if THOROUGH not in os.environ:
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]
    items.sort(key=lambda item: next((turn for turn, part in enumerate(LONGEST) if part in item.nodeid), len(LONGEST)))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """After a whole run that went well, find the grants that nothing used; they fail it."""
    if hasattr(session.config, "workerinput"):
        return
    folder = Path(os.environ.pop(grants.USES))
    if exitstatus == pytest.ExitCode.OK and _is_whole(session.config):
        session.config.stash[NEEDLESS] = grants.needless(grants.uses(folder))
        if session.config.stash[NEEDLESS]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
    shutil.rmtree(folder)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say which grants are needless."""
    found = config.stash.get(NEEDLESS, [])
    if found:
        terminalreporter.section("needless grants", red=True, bold=True)
        for each in found:
            terminalreporter.line(each)


def _is_whole(config: pytest.Config) -> bool:
    """Whether every test was to run: what a part of them does not use may well be used by the rest."""
    options = config.option
    narrowing = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "collectonly")
    return options.thorough and _is_the_suite(config) and not any(getattr(options, name, None) for name in narrowing)


def _is_the_suite(config: pytest.Config) -> bool:
    return [Path(arg).resolve() for arg in config.args] == [ROOT / "tests"]


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """PostgreSQL, Redis, moto and the stand-ins of Stripe and of sign-in providers, with the environment that points at them."""
    from ravo.platform import valkey_connection

    # Before the first client is made.
    grants.boundary()
    # All cores are busy with tests, so that even a Valkey that is well may take its time.
    valkey_connection.TIMEOUT_SECONDS = 5.0
    folder = tmp_path_factory.mktemp("services")
    running = {
        "postgres": Postgres(folder, durable=False),
        "redis": Redis(folder),
        "moto": Moto(folder),
        "stripe": CardStandIn(folder),
        "providers": ProviderStandIn(folder, shop=ENVIRONMENT["PUBLIC_URL"]),
    }
    try:
        for service in running.values():
            service.start()
        os.environ.update(ENVIRONMENT)
        os.environ["DATABASE_URL"] = running["postgres"].url
        os.environ["VALKEY_URL"] = running["redis"].url
        os.environ["AWS_ENDPOINT_URL"] = running["moto"].url
        os.environ.update(running["stripe"].environment())
        os.environ.update(running["providers"].environment())
        yield running
    finally:
        from ravo.platform import database, http_client, valkey

        database.forget_connection()
        valkey.forget_connection()
        http_client.forget_connections()
        for service in running.values():
            service.stop()


@pytest.fixture(scope="session")
def aws(services: dict[str, Any]) -> None:
    """The few AWS resources that functions name."""
    from ravo.platform import aws

    region = {"LocationConstraint": "eu-central-1"}
    aws.client("events").create_event_bus(Name=ENVIRONMENT["EVENT_BUS"])
    aws.client("sesv2").create_email_identity(EmailIdentity="ravo.example")
    for bucket in ("UPLOADS_BUCKET", "MEDIA_BUCKET"):
        aws.client("s3").create_bucket(Bucket=ENVIRONMENT[bucket], CreateBucketConfiguration=region)
    for queue in cloud().queues:
        aws.client("sqs").create_queue(QueueName=queue.name)
    aws.client("dynamodb").create_table(
        TableName=ENVIRONMENT["IDEMPOTENCY_TABLE"],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture(scope="session")
def migrated(services: dict[str, Any], aws: None) -> None:
    """The schema, the roles, a place for stock, and a signing key."""
    from ravo.identity.roles import service as roles
    from ravo.inventory.locations import service as locations
    from ravo.platform import migrations, tokens
    from ravo.platform.database import transaction

    key = tokens.new_signing_key()
    os.environ["SIGNING_KEY"] = key
    os.environ["VERIFICATION_KEYS"] = tokens.published_keys(key)
    os.environ["SEALING_SECRET"] = "a-secret-that-the-tests-seal-with"
    migrations.upgrade()
    with transaction() as session:
        roles.seed_roles(session)
        locations.seed_location(session)


@pytest.fixture
def database(migrated: None) -> Iterator[Any]:
    """A session inside a transaction that the test's end rolls back; functions called meanwhile run inside it too."""
    from sqlalchemy.orm import Session

    from ravo.platform import valkey
    from ravo.platform.database import bound_to, engine

    with engine().connect() as connection:
        outer = connection.begin()
        with bound_to(connection), Session(connection, join_transaction_mode="create_savepoint") as session:
            valkey.execute("FLUSHALL")
            yield session
        outer.rollback()


@pytest.fixture
def no_drift(database: Any) -> Iterator[None]:
    """Whatever a test does, every counter is what its ledger sums up to."""
    from ravo.operations.doctor.service import find_drift

    yield
    assert find_drift() == []


@pytest.fixture
def own_settings(database: Any) -> Iterator[None]:
    """What a test says of the settings ends with it."""
    from ravo.platform.settings import forget_settings

    yield
    forget_settings()


@pytest.fixture
def box(database: Any) -> Mailbox:
    """The mails that come from now on."""
    return mailbox()


@pytest.fixture
def greetings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Templates of the mail that `tests.greetings` sends."""
    from tests.greetings import written

    yield from written(tmp_path, monkeypatch)


@pytest.fixture
def statements(database: Any) -> Iterator[list[str]]:
    """The SQL that is sent while the test runs, without what belongs to the transaction around the test."""
    from sqlalchemy import event

    from ravo.platform.database import engine

    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "SAVEPOINT" not in statement and values != {"actor": ""}:
            sent.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    yield sent
    event.remove(engine(), "before_cursor_execute", note)


@pytest.fixture
def down(database: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Valkey that nobody answers at."""
    from ravo.platform import limits, valkey
    from ravo.platform.settings import forget_settings

    def forget() -> None:
        forget_settings()
        valkey.forget_connection()
        limits.forget_storages()

    monkeypatch.setenv("VALKEY_URL", "unix:///nowhere.sock")
    forget()
    yield
    monkeypatch.undo()
    forget()


@pytest.fixture
def round_trips(database: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is sent to Valkey while the test runs, one entry for each time that an answer is waited for."""
    from ravo.platform.valkey_connection import Connection

    sent: list[Any] = []
    execute = Connection.execute

    def note(connection: Connection, commands: Any) -> Any:
        sent.append(commands)
        return execute(connection, commands)

    monkeypatch.setattr(Connection, "execute", note)
    return sent


@pytest.fixture
def staff_token(database: Any) -> str:
    """An access token that may do everything."""
    return token_for("*")


def token_for(*permissions: str) -> str:
    """Sign an access token with these permissions."""
    from ravo.platform import tokens
    from ravo.platform.ids import uuid7

    return tokens.sign(uuid7(), session_id=uuid7(), roles=["staff"], permissions=permissions)
