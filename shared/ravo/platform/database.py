"""The database: one connection per execution environment, and the two ways to use it."""

import select
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, cast

from pydantic_core import from_json
from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Engine,
    Executable,
    MetaData,
    TextClause,
    TextualSelect,
    column,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

from ravo.platform import audit, outbox, pending_work
from ravo.platform.observability import count, logger
from ravo.platform.secrets import database_url
from ravo.platform.settings import settings

# A statement that runs longer than an endpoint may would only hold its locks, and an idle connection would keep a
# paused database awake. To compile a statement (jit) takes longer than any of ours. Reading pages at random costs
# little more than in sequence: what a shop reads lies in memory, and not on a turning disk.
CONNECTION_OPTIONS = (
    "-c statement_timeout=25000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
    " -c idle_session_timeout=240000 -c jit=off -c random_page_cost=1.1"
)


class Base(DeclarativeBase):
    """What every table's model derives from; the naming convention lets migrations name what they drop."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


@cache
def engine() -> Engine:
    """Return the engine with its single connection, opened on first use."""
    # The driver, which takes a while to import, comes with it.
    from ravo.platform.vectors import make_known

    arguments: dict[str, Any] = {"options": CONNECTION_OPTIONS, "application_name": "ravo", "connect_timeout": 5}
    if settings().database_through_proxy:
        # A prepared statement pins the proxy's connection to this client, which is what the proxy is there to avoid.
        arguments |= {"prepare_threshold": None, "options": ""}
    made = create_engine(
        database_url(),
        pool_size=1,
        max_overflow=0,
        pool_timeout=5,
        connect_args=arguments,
        # An error's text ends in a log, and values may be names and addresses.
        hide_parameters=True,
        # Lists are full of JSON, and this reads it in half the time of Python's own.
        json_deserializer=from_json,
    )
    event.listen(made, "do_connect", _connect)
    event.listen(made, "connect", make_known)
    event.listen(made, "checkout", _refuse_dead_connection)
    event.listen(made, "do_execute", _execute_planned_each_time)
    return made


def _connect(dialect: Any, _record: Any, arguments: Any, options: dict[str, Any]) -> Any:
    """Connect with the current login; if the server refuses it and the secret has a newer one, with that.

    The driver does not tell a wrong password from a server that is not there, so what the secret says decides.
    """
    login = _login()
    try:
        return dialect.connect(*arguments, **options | login)
    except dialect.loaded_dbapi.OperationalError:
        newest = _login(refresh=True)
        if newest == login:
            raise
        return dialect.connect(*arguments, **options | newest)


def _login(*, refresh: bool = False) -> dict[str, Any]:
    if settings().database_url:
        return {}
    url = make_url(database_url(refresh=refresh))
    return {"user": url.username, "password": url.password}


def planned_each_time[S: Executable](statement: S) -> S:
    """Have a statement planned for the values of each execution.

    The driver prepares frequent statements, which PostgreSQL then plans once for all values. That is right for keys.
    For filters it is not: one value may leave half the shop, another ten products.
    """
    return statement.execution_options(planned_each_time=True)


def selection(columns: Mapping[str, str], source: str) -> TextualSelect:
    """Make the statement `SELECT columns source` of columns by their names.

    Without their names, SQLAlchemy works out the columns of a plain text at each execution. For a row of thirty columns
    that takes as long as it takes PostgreSQL to find it.
    """
    said = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
    return text(f"SELECT {said} {source}").columns(*map(column, columns))


def _execute_planned_each_time(cursor: Any, statement: str, values: Any, context: Any) -> bool:
    """Execute what shall not be prepared; tells SQLAlchemy whether that is done."""
    if not context.execution_options.get("planned_each_time"):
        return False
    cursor.execute(statement, values, prepare=False)
    return True


def _refuse_dead_connection(connection: Any, _record: Any, _proxy: Any) -> None:
    if _is_dead(connection):
        raise DisconnectionError("the database closed the connection")


def _is_dead(connection: Any) -> bool:
    """Notice without a round trip that the server hung up while this environment was idle: its socket has something to
    read.
    """
    return connection.closed or bool(select.select([connection.fileno()], [], [], 0)[0])


_bound: Connection | None = None


@contextmanager
def bound_to(connection: Connection) -> Generator[None]:
    """Run every transaction inside this connection's own, as savepoints; lets a test roll everything back."""
    global _bound  # noqa: PLW0603  (the seam for tests; nothing else assigns it)
    _bound = connection
    try:
        yield
    finally:
        _bound = None


@contextmanager
def transaction() -> Generator[Session]:
    """Commit what the block did, or nothing of it; then publish the events it recorded.

    No network call belongs inside the block. An event that can't be published now stays in the outbox for the sweeper.
    """
    with _session() as session:
        with session.begin():
            on_record = audit.say_who_acts(session)
            yield session
            outbox.write(session)
            pending_work.mark_all(session)
            if on_record and _bound is not None:
                audit.say_nobody_acts(session)
        _act_on_commit(session)
        recorded = session.info.pop("outbox", None)
    if recorded:
        # The mark that they are published is one statement: a transaction around it would be two round trips more.
        with reading() as after:
            outbox.publish_recorded(after, recorded)


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Do something once the open transaction is committed, never if it is rolled back; the place for network calls."""
    session.info.setdefault("after_commit", []).append(act)


def _act_on_commit(session: Session) -> None:
    for act in session.info.pop("after_commit", ()):
        try:
            act()
        except Exception:  # the change is made, whatever comes of telling
            logger().exception("what follows a commit failed")
            count("AfterCommitFailed")


@contextmanager
def reading() -> Generator[Session]:
    """Read without a transaction around it: each statement sees what is committed, and nothing needs to be ended."""
    with _session(isolation_level="AUTOCOMMIT") as session:
        yield session


@contextmanager
def separate_transactions() -> Generator[Session]:
    """Hand out a session whose holder commits step by step, only for the platform's own sweeps."""
    with _session() as session:
        yield session


def _session(**options: Any) -> Session:
    if _bound is not None:
        return Session(_bound, expire_on_commit=False, join_transaction_mode="create_savepoint")
    return Session(engine().execution_options(**options), expire_on_commit=False)


def changed(session: Session, statement: TextClause, values: Mapping[str, Any]) -> int:
    """Execute a statement and return how many rows it inserted, updated or deleted."""
    return cast("CursorResult[Any]", session.execute(statement, values)).rowcount


def within(
    moment: InstrumentedAttribute[datetime], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    """Return the conditions of a window, from `since` on and before `until`; None leaves that side open."""
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(moment >= since)
    if until is not None:
        conditions.append(moment < until)
    return conditions


def forget_connection() -> None:
    """Close the connection and open a new one on next use; after a SnapStart restore or a change of settings."""
    if engine.cache_info().currsize:
        engine().dispose()
    engine.cache_clear()
