"""Pending work: marks in Valkey that something may wait in the database.

Without any a sweep lets the database sleep.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ravo.platform import valkey
from ravo.platform.observability import logger


@dataclass(frozen=True)
class PendingWork:
    """The marks of one kind of work, each put before the commit that makes it true: none is missing, a stray one is
    harmless.
    """

    name: str

    def put(self, what: str) -> None:
        """Mark that `what` may be waiting. With Valkey down the sweep that looks regardless will find it."""
        try:
            valkey.execute("ZADD", self.pending, time.time(), what)
        except valkey.ValkeyUnavailable:
            logger().warning("mark not set", marks=self.name, what=what)

    def put_before_commit(self, session: Session, what: str) -> None:
        """Mark `what` as waiting once the open transaction commits, in one round trip with the transaction's other
        marks.
        """
        session.info.setdefault("marks", []).append((self, what))

    def clear(self, what: str) -> None:
        """Say that `what` is done."""
        try:
            valkey.execute("ZREM", self.pending, what)
        except valkey.ValkeyUnavailable:
            logger().info("mark left behind", marks=self.name, what=what)

    def may_hold(self) -> bool:
        """Whether a sweep could find anything; in doubt, and after Valkey has lost its memory, yes."""
        try:
            remembered, pending = valkey.pipeline(("EXISTS", self._remembered), ("ZCARD", self.pending))
        except valkey.ValkeyUnavailable:
            return True
        return not remembered or bool(pending)

    def forget(self, *, older_than: datetime) -> None:
        """A sweep that looked at everything found nothing left: drop the marks from before it."""
        try:
            valkey.pipeline(
                ("ZREMRANGEBYSCORE", self.pending, 0, older_than.timestamp()),
                # Gone with the rest of Valkey's memory, and then an empty set of marks proves nothing.
                ("SET", self._remembered, 1),
            )
        except valkey.ValkeyUnavailable:
            logger().info("marks not cleared", marks=self.name)

    @property
    def pending(self) -> str:
        """The key of the marks themselves, each with the moment that it was put."""
        return f"{self.name}:pending"

    @property
    def _remembered(self) -> str:
        return f"{self.name}:remembered"


def mark_all(session: Session) -> None:
    """Put the marks of the open transaction, in one round trip; called last before its commit."""
    marks: list[tuple[PendingWork, str]] = session.info.pop("marks", [])
    if not marks:
        return
    at = time.time()
    try:
        valkey.pipeline(*[("ZADD", each.pending, at, what) for each, what in marks])
    except valkey.ValkeyUnavailable:
        logger().warning("marks not set", marks=[(each.name, what) for each, what in marks])
