"""Creates the templates' resources in the stand-in, by the ordinary calls; creating them again changes nothing."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import boto3.session
from botocore.config import Config
from botocore.exceptions import ClientError

from local.account import ACCOUNT, REGION
from local.cloud import Bucket, Cloud, Queue
from local.objects import Objects

# The stand-in accepts any key; the door before S3 checks signatures that were made with this one.
SECRET = "local"  # noqa: S105  # nosec B105
# The shop of a laptop; nothing leaves the stand-in, and no such domain exists.
MAIL_DOMAIN = "ravo.example"
MAIL_FROM = f"Ravo <shop@{MAIL_DOMAIN}>"
STAFF_MAIL = f"staff@{MAIL_DOMAIN}"
# The parameters of such a shop.
SHOP = {
    "MailIdentity": MAIL_DOMAIN,
    "StripeKeySecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:stripe-key",
    "StripeWebhookSecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:stripe-webhook",
}

_EXISTS = {
    "ResourceAlreadyExistsException",
    "ResourceInUseException",
    "ResourceExistsException",
    "BucketAlreadyOwnedByYou",
    "AlreadyExistsException",
}


# Clients are created one at a time, as a session demands. All come from one session, since it keeps the descriptions
# that it reads.
_making = threading.Lock()


class Aws:
    """Clients of the stand-in."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Return the client of a service; clients may be used from several threads."""
        with _making:
            if service not in self._clients:
                self._clients[service] = self._made(service)
            return self._clients[service]

    def _made(self, service: str) -> Any:
        return _session().client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key=SECRET,
            config=Config(max_pool_connections=50, s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
        )


@cache
def _session() -> boto3.session.Session:
    return boto3.session.Session()


def make(aws: Aws, cloud: Cloud, objects: Objects) -> None:
    """Create everything, and fill new buckets with the objects that they held.

    The parts of the services are created in parallel: while the stand-in loads one service, the next call is written.
    """
    parts = [
        # The service that takes the stand-in longest to load goes first.
        lambda: _make_parameters(aws, cloud),
        lambda: _make_buckets(aws, cloud, objects),
        lambda: _make_tables(aws, cloud),
        lambda: _make_queues(aws, cloud),
        lambda: _make_rules(aws, cloud),
        lambda: _make_secrets(aws, cloud),
        lambda: _once(lambda: aws.client("sesv2").create_email_identity(EmailIdentity=MAIL_DOMAIN)),
    ]
    with ThreadPoolExecutor(len(parts), thread_name_prefix="resources") as threads:
        for made in [threads.submit(part) for part in parts]:
            made.result()


def queue_url(aws: Aws, name: str) -> str:
    """Return a queue's address."""
    return aws.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]


def _make_queues(aws: Aws, cloud: Cloud) -> None:
    # Resources that others refer to come first.
    for queue in sorted(cloud.queues, key=lambda queue: queue.dead_letters is not None):
        aws.client("sqs").create_queue(QueueName=queue.name, Attributes=_attributes(queue))


def _attributes(queue: Queue) -> dict[str, str]:
    attributes = {"VisibilityTimeout": str(queue.visibility)}
    if queue.dead_letters:
        target = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue.dead_letters}"
        attributes["RedrivePolicy"] = json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": queue.tries})
    return attributes


def _make_rules(aws: Aws, cloud: Cloud) -> None:
    events = aws.client("events")
    for bus in cloud.buses:
        _once(lambda bus=bus: events.create_event_bus(Name=bus))
    for rule in cloud.rules:
        events.put_rule(Name=rule.name, EventBusName=rule.bus, EventPattern=json.dumps(rule.pattern), State="ENABLED")
        events.put_targets(Rule=rule.name, EventBusName=rule.bus, Targets=list(rule.targets))


def _make_buckets(aws: Aws, cloud: Cloud, objects: Objects) -> None:
    for bucket in cloud.buckets:
        _make_bucket(aws, bucket, objects)


def _make_bucket(aws: Aws, bucket: Bucket, objects: Objects) -> None:
    s3 = aws.client("s3")
    place = {"LocationConstraint": REGION}
    if _once(lambda: s3.create_bucket(Bucket=bucket.name, CreateBucketConfiguration=place)):
        for kept in objects.of(bucket.name):
            with kept.path.open("rb") as content:
                s3.put_object(Bucket=bucket.name, Key=kept.key, Body=content, **kept.about)
    if bucket.events:
        # After the events that already existed, which everyone has received.
        notifications = {"EventBridgeConfiguration": {}}
        s3.put_bucket_notification_configuration(Bucket=bucket.name, NotificationConfiguration=notifications)


def _make_tables(aws: Aws, cloud: Cloud) -> None:
    for table in cloud.tables:
        _make_table(aws, table)


def _make_table(aws: Aws, table: dict[str, Any]) -> None:
    database = aws.client("dynamodb")
    wanted = ("TableName", "KeySchema", "AttributeDefinitions", "BillingMode")
    _once(lambda: database.create_table(**{name: table[name] for name in wanted}))
    ttl = table.get("TimeToLiveSpecification")
    if ttl:
        _once(lambda: database.update_time_to_live(TableName=table["TableName"], TimeToLiveSpecification=ttl))


def _make_secrets(aws: Aws, cloud: Cloud) -> None:
    for secret in cloud.secrets:
        _once(lambda secret=secret: aws.client("secretsmanager").create_secret(Name=secret, SecretString="unset"))


def _make_parameters(aws: Aws, cloud: Cloud) -> None:
    for name, value in cloud.parameters.items():
        aws.client("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)


def _once(call: Any) -> bool:
    """Create something, and return whether it is new."""
    try:
        call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in _EXISTS and "already enabled" not in str(error):
            raise
        return False
    return True
