"""Schedules: EventBridge's expressions, in UTC, fired to the minute."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from local.cloud import Schedule
from local.invocations import Outcome

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_AT = re.compile(r"at\((\S+)\)")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

type Invoke = Callable[[str, dict[str, Any]], Awaitable[Outcome]]


def is_due(expression: str, minute: datetime, since: datetime) -> bool:
    """Whether an expression fires in this minute; rates count from `since`.

    Raises ValueError for what it can't read.
    """
    if rate := _RATE.fullmatch(expression):
        period = int(rate[1]) * _UNITS[rate[2]]
        elapsed = minute - since.replace(second=0, microsecond=0)
        return elapsed > timedelta(0) and not elapsed % period
    if at := _AT.fullmatch(expression):
        return datetime.fromisoformat(at[1]).replace(tzinfo=UTC, second=0) == minute
    if cron := _CRON.fullmatch(expression):
        values = (minute.minute, minute.hour, minute.day, minute.month, minute.isoweekday() % 7 + 1, minute.year)
        names: tuple[list[str], ...] = ([], [], [], _MONTHS, _DAYS, [])
        return all(
            _matches(field, value, name) for field, value, name in zip(cron.groups(), values, names, strict=True)
        )
    raise ValueError(f"{expression} is no schedule that this clock knows")


def _matches(field: str, value: int, names: list[str]) -> bool:
    return any(_matches_part(part, value, names) for part in field.split(","))


def _matches_part(part: str, value: int, names: list[str]) -> bool:
    span, _, step = part.partition("/")
    if span in ("*", "?"):
        first, last = (1 if names else 0), 9999
    else:
        low, _, high = span.partition("-")
        first = _number(low, names)
        last = _number(high, names) if high else (9999 if step else first)
    return first <= value <= last and not (value - first) % int(step or 1)


def _number(text: str, names: list[str]) -> int:
    return names.index(text.upper()) + 1 if text.upper() in names else int(text)


class Clock:
    """Fires the schedules that are due each minute, and any of them on demand."""

    def __init__(self, invoke: Invoke) -> None:
        self._invoke = invoke
        self._since = datetime.now(UTC)
        self.schedules: list[Schedule] = []

    async def run(self) -> None:
        """Fire due schedules until cancelled."""
        while True:
            now = datetime.now(UTC)
            await asyncio.sleep(60 - now.second - now.microsecond / 1e6)
            minute = datetime.now(UTC).replace(second=0, microsecond=0)
            due = [schedule for schedule in self.schedules if is_due(schedule.expression, minute, self._since)]
            await asyncio.gather(*(self._invoke(schedule.function, json.loads(schedule.input)) for schedule in due))

    async def fire(self, name: str) -> Outcome:
        """Fire a schedule now; raises KeyError if there is none of that name."""
        schedule = next((schedule for schedule in self.schedules if schedule.name == name), None)
        if schedule is None:
            raise KeyError(name)
        return await self._invoke(schedule.function, json.loads(schedule.input))
