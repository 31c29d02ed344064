"""AWS clients: made once, on first use, kept for the life of the environment; boto3 is imported only then."""

import os
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.client import BaseClient


@cache
def client(service: str) -> "BaseClient":
    """Return the client of a service, with time-outs that end before a request's own."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=1,
        read_timeout=5,
        retries={"mode": "standard", "max_attempts": 2},
        s3={"addressing_style": "path"} if _local_endpoint() else {},
        signature_version="s3v4" if service == "s3" else None,
    )
    return boto3.client(service, config=config)


def failures() -> tuple[type[Exception], ...]:
    """Return the exceptions that mean an AWS service did not do what it was asked."""
    from botocore.exceptions import BotoCoreError, ClientError

    return (BotoCoreError, ClientError)


def forget_clients() -> None:
    """Make new clients on next use; after a change of endpoint or credentials."""
    client.cache_clear()


def _local_endpoint() -> bool:
    return "AWS_ENDPOINT_URL" in os.environ or "AWS_ENDPOINT_URL_S3" in os.environ
