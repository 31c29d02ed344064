"""AWS, by two doors: `calls` for what ordinary requests ask, without boto3, and boto3's `client` for everything else."""

from ravo.platform.aws.client import client, failures, forget_clients

__all__ = ["client", "failures", "forget_clients"]
