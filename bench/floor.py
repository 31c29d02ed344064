"""The floor: the same statements with the same values, sent by the driver alone."""

import os
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

type Statement = tuple[str, Any]


@contextmanager
def recorded() -> Generator[list[Statement]]:
    """Write down every statement that functions send in the block."""
    from ravo.platform.database import engine

    sent: list[Statement] = []

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(engine(), "before_cursor_execute", remember)
    try:
        yield sent
    finally:
        event.remove(engine(), "before_cursor_execute", remember)


class Floor:
    """A connection of its own, that sends statements bare."""

    def __init__(self) -> None:
        url = os.environ["DATABASE_URL"].replace("+psycopg", "")
        self._connection = psycopg.connect(url, autocommit=True)

    def take(self, statements: Sequence[Statement]) -> float:
        """Send these and read all that comes back; returns the seconds that it took."""
        began = time.perf_counter()
        for statement, parameters in statements:
            self._connection.execute(statement.encode(), parameters).fetchall()
        return time.perf_counter() - began

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
