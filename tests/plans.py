"""How PostgreSQL would find what is read: the plans of the statements that a test sends."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from ravo.platform.database import bound_to, engine

type Sent = list[tuple[str, Any]]


def filled(fill: Callable[[Session], None]) -> Iterator[Any]:
    """Fill a shop in a transaction that is rolled back; functions run inside it. A fixture's whole."""
    with engine().connect() as connection:
        outer = connection.begin()
        # What fills a shop at once takes longer than a request may.
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        with bound_to(connection), Session(connection, join_transaction_mode="create_savepoint") as session:
            fill(session)
            session.commit()
            yield connection
        outer.rollback()


def reads_of(connection: Any) -> Iterator[Sent]:
    """Collect the reads that are sent until the test ends, with their values; a fixture's whole."""
    statements: Sent = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            statements.append((statement, values))

    event.listen(connection.engine, "before_cursor_execute", note)
    yield statements
    event.remove(connection.engine, "before_cursor_execute", note)


def plans(connection: Any, sent: Sent) -> list[dict[str, Any]]:
    """The plans of what was sent."""
    return [
        connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar()[0]["Plan"]
        for statement, values in list(sent)
    ]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's parts."""
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def read_from_end_to_end(connection: Any, sent: Sent, large: Collection[str]) -> list[str]:
    """Those of the large tables that a statement would read from end to end."""
    return [
        node["Relation Name"]
        for plan in plans(connection, sent)
        for node in nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in large
    ]
