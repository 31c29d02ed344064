"""AWS, by two doors: `calls`, without boto3, for ordinary requests, and boto3's `client` for everything else."""

from ravo.platform.aws.client import client, failures, forget_clients

__all__ = ["client", "failures", "forget_clients"]
