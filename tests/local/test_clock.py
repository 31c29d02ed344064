"""EventBridge's schedule expressions."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.clock import Clock, is_due
from local.cloud import Schedule
from local.invocations import Outcome

# A Monday.
MOMENT = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "expression",
    [
        "cron(5 1 * * ? *)",
        "cron(0/5 * * * ? *)",
        "cron(5 0-2 ? * MON-FRI *)",
        "cron(5 1 23 NOV ? 2026)",
        "cron(1,3,5 1 ? * 2 *)",
        "cron(* * * * ? *)",
        "at(2026-11-23T01:05:40)",
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(1 hour)",
    ],
)
def test_it_fires_in_its_minute(expression: str) -> None:
    assert is_due(expression, MOMENT, MOMENT - timedelta(hours=1))


@pytest.mark.parametrize(
    "expression",
    [
        "cron(6 1 * * ? *)",
        "cron(5 1 ? * SUN *)",
        "cron(5 1 * DEC ? *)",
        "cron(3/5 * * * ? *)",
        "cron(5 1 * * ? 2027)",
        "at(2026-11-23T01:06:00)",
        "rate(7 minutes)",
        "rate(1 day)",
    ],
)
def test_it_does_not_fire_in_another_minute(expression: str) -> None:
    assert not is_due(expression, MOMENT, MOMENT - timedelta(hours=1))


def test_a_rate_does_not_fire_at_its_own_beginning() -> None:
    assert not is_due("rate(1 minute)", MOMENT, MOMENT + timedelta(seconds=30))


def test_an_expression_that_it_cannot_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="no schedule"):
        is_due("every morning", MOMENT, MOMENT)


def test_the_templates_schedules_can_all_be_read(cloud: Any) -> None:
    assert cloud.schedules
    for schedule in cloud.schedules:
        is_due(schedule.expression, MOMENT, MOMENT)


def test_a_schedule_fires_at_once_when_asked_to_with_its_own_input() -> None:
    called: list[tuple[str, dict[str, Any]]] = []

    async def invoke(function: str, event: dict[str, Any]) -> Outcome:
        called.append((function, event))
        return Outcome()

    async def main() -> None:
        clock = Clock(invoke)
        clock.schedules = [Schedule("Daily", "Sweep", "rate(1 day)", '{"force": true}')]
        await clock.fire("Daily")
        with pytest.raises(KeyError):
            await clock.fire("Weekly")

    asyncio.run(main())
    assert called == [("Sweep", {"force": True})]
