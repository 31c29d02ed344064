"""Every minute: publish the events that a crash or an unreachable bus left behind."""

from typing import Any

from ravo.platform import outbox
from ravo.platform.database import separate_transactions
from ravo.platform.jobs import schedule_handler


def sweep_outbox(event: dict[str, Any]) -> int:
    """Sweep if Valkey says that events may be waiting.

    `{"force": true}` always looks, once a day and after a start.
    """
    if not event.get("force") and not outbox.PENDING.may_hold():
        return 0
    with separate_transactions() as session:
        return outbox.sweep(session)


handler = schedule_handler(sweep_outbox)
