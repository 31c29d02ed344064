"""The floor: the same statements with the same values, sent through the driver only.

Statements that insert rows insert them under other ids.
"""

import os
import re
import secrets
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import event

from ravo.platform.database import CONNECTION_OPTIONS
from ravo.platform.ids import uuid7
from ravo.platform.vectors import make_known

type Statement = tuple[str, Any]

BEGIN, COMMIT = "BEGIN", "COMMIT"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBERS = {"order_number", "intent_id"}


@contextmanager
def recorded(*, transactions: bool = False) -> Generator[list[Statement]]:
    """Record every statement that functions send in the block.

    If wanted, also record where transactions begin and end.
    """
    from ravo.platform.database import engine

    sent: list[Statement] = []

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    def begin(connection: Any) -> None:
        note(connection, BEGIN)

    def commit(connection: Any) -> None:
        note(connection, COMMIT)

    def note(connection: Any, boundary: str) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            sent.append((boundary, None))

    listeners = [("before_cursor_execute", remember)]
    listeners += [("begin", begin), ("commit", commit)] if transactions else []
    for name, listener in listeners:
        event.listen(engine(), name, listener)
    try:
        yield sent
    finally:
        for name, listener in listeners:
            event.remove(engine(), name, listener)


def count(statements: Sequence[Statement]) -> int:
    """The number of statements, without the bounds of transactions."""
    return sum(statement not in (BEGIN, COMMIT) for statement, _ in statements)


class Anew:
    """Turns values into those of another, similar order.

    Each id that is younger than a moment gets a new one, the same everywhere, and so do the numbers of orders and
    payments.
    """

    def __init__(self, *, since: float) -> None:
        self._since = int(since * 1000)
        self._known: dict[str, str] = {}

    def values(self, given: Any, name: str = "") -> Any:
        """Return new values like the given ones."""
        match given:
            case UUID():
                return UUID(self._id(str(given)))
            case str():
                return self._other(given, secrets.token_hex(5)) if name in _NUMBERS else _ID.sub(self._sub, given)
            case dict():
                return {self.values(key): self.values(value, key) for key, value in given.items()}
            case list():
                return [self.values(each) for each in given]
            case Jsonb():
                return Jsonb(self.values(given.obj))
            case _:
                return given

    def _sub(self, found: re.Match[str]) -> str:
        return self._id(found[0])

    def _id(self, known: str) -> str:
        # The first twelve digits of these ids are the millisecond in which they were made.
        is_young = int(known.replace("-", "")[:12], 16) >= self._since
        return self._other(known, str(uuid7())) if is_young else known

    def _other(self, known: str, new: str) -> str:
        return self._known.setdefault(known, new)


class Floor:
    """A connection of its own that sends statements bare."""

    def __init__(self) -> None:
        url = os.environ["DATABASE_URL"].replace("+psycopg", "")
        self._connection = psycopg.connect(url, autocommit=True, options=CONNECTION_OPTIONS)
        make_known(self._connection)

    def take(self, statements: Sequence[Statement]) -> float:
        """Send these statements and read all results; returns the seconds that it took."""
        began = time.perf_counter()
        for statement, parameters in statements:
            self._send(statement, parameters)
        return time.perf_counter() - began

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _send(self, statement: str, parameters: Any) -> None:
        if isinstance(parameters, list):
            with self._connection.cursor() as cursor:
                cursor.executemany(statement.encode(), parameters)
            return
        prepare = False if statement in (BEGIN, COMMIT) else None
        done = self._connection.execute(statement.encode(), parameters, prepare=prepare)
        if done.description:
            done.fetchall()
