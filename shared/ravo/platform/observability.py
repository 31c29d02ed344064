"""Structured logs and business metrics: Powertools, made on first use."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.logging import Logger


@cache
def logger() -> "Logger":
    """Return the JSON logger. Log ids and codes, never mails, tokens, names or addresses."""
    from aws_lambda_powertools.logging import Logger

    return Logger(utc=True)


def count(metric: str, value: int = 1, **dimensions: str) -> None:
    """Write one metric in CloudWatch's embedded format, which costs a log line and no network call."""
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(name=metric, unit=MetricUnit.Count, value=value, namespace="Ravo") as line:
        for name, dimension in dimensions.items():
            line.add_dimension(name, dimension)
