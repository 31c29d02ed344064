"""How long things are kept: a table of periods in days, which a shop may change, and a daily run that applies them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy.orm import Session

from ravo.identity.privacy import queries as requests
from ravo.operations.erasures import service as erasures
from ravo.operations.retention import queries
from ravo.operations.retention.errors import UnknownPeriod
from ravo.platform import storage
from ravo.platform.database import transaction
from ravo.platform.mail import queries as mails
from ravo.platform.observability import logger
from ravo.platform.settings import settings
from ravo.platform.time import now
from ravo.sales.privacy import queries as sales

# How many rows one transaction ends, and how many of each kind one run does at most; the next day's run continues.
AT_ONCE = 1_000
MOST = 200_000


class Period(NamedTuple):
    """How many days a kind of thing is kept, the fewest that a shop may set, and the function that ends it.

    That function gets the session, a time and a limit, ends what is from before the time, and returns how many.
    """

    days: int
    fewest: int
    end: Callable[[Session, datetime, int], int]


def _end_orders(session: Session, before: datetime, limit: int) -> int:
    return erasures.forget_orders(session, sales.old_orders_for_update(session, before, limit))["orders"]


PERIODS: Mapping[str, Period] = MappingProxyType(
    {
        "mails": Period(365, 1, mails.delete_old),
        "carts": Period(90, 1, sales.delete_idle_carts),
        "webhook_receipts": Period(90, 30, sales.delete_receipts),
        # Inbox marks are not deleted sooner than events that could be replayed.
        "events": Period(400, 30, queries.delete_events),
        "audit_log": Period(730, 366, queries.delete_audit_entries),
        "privacy_requests": Period(1_095, 30, queries.delete_requests),
        # Tax offices require ten years at most; after that, orders lose their customers.
        "orders": Period(3_650, 30, _end_orders),
    }
)


@dataclass(frozen=True)
class Done:
    """How many rows a run ended, by kind."""

    ended: Mapping[str, int]

    def __str__(self) -> str:
        return ", ".join(f"{name}: {rows}" for name, rows in self.ended.items() if rows) or "nothing"


def periods(said: str) -> dict[str, int]:
    """Read a shop's own periods, as `mails=180,carts=30`, over the usual ones. Raises `UnknownPeriod`."""
    days = {name: period.days for name, period in PERIODS.items()}
    for entry in filter(None, (part.strip() for part in said.split(","))):
        name, _, number = entry.partition("=")
        if name not in PERIODS or not number.isdecimal() or int(number) < PERIODS[name].fewest:
            raise UnknownPeriod(
                f"{entry}: one of {', '.join(PERIODS)}, and not fewer days than docs/deployment.md says"
            )
        days[name] = int(number)
    return days


def apply() -> Done:
    """End everything that is older than its period, a thousand at a time."""
    ended = {name: _end(name, days) for name, days in periods(settings().retention_periods).items()}
    ended["copies"] = _end_copies()
    ended["orders asked to be forgotten"] = erasures.erase_ended()
    logger().info("retention applied", ended=ended)
    return Done(ended)


def _end(name: str, days: int) -> int:
    before, total = now() - timedelta(days=days), 0
    while total < MOST:
        with transaction() as session:
            ended = PERIODS[name].end(session, before, AT_ONCE)
        total += ended
        if ended < AT_ONCE:
            break
    return total


def _end_copies() -> int:
    """Delete the copies of personal data whose links have expired."""
    total = 0
    while True:
        with transaction() as session:
            expired = requests.expired_copies(session, AT_ONCE)
            requests.expire(session, [request_id for request_id, _ in expired])
        storage.delete(str(settings().uploads_bucket), [key for _, key in expired])
        total += len(expired)
        if len(expired) < AT_ONCE:
            return total
