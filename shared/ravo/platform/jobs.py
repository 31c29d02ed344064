"""Jobs: an SQS batch taken item by item, what failed tried again after a growing pause."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_plus

from ravo.platform import aws, cold_start
from ravo.platform.events import Envelope
from ravo.platform.observability import count, logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

type LambdaHandler = Callable[[dict[str, Any], Any], Any]

# Half an hour; SQS takes up to twelve, but nobody waits that long for a second try.
LONGEST_PAUSE = 1800


def job_handler(
    job: Callable[[Envelope], None],
    *,
    hears: tuple[str, ...],  # noqa: ARG001  (said here for the template, which is written from it)
    tries: int,  # noqa: ARG001  (likewise)
    first_pause: int = 2,
) -> LambdaHandler:
    """Make a Lambda handler that runs `job` once for each event in a batch and reports the failed ones by item.

    `hears` are types of events, or beginnings of types with a star at the end. A message that has failed `tries` times
    is dead. `first_pause` is the wait in seconds before the second try; each further one doubles it.
    """
    return _record_handler(lambda record: job(envelope_of(record)), name=job.__name__, first_pause=first_pause)


def upload_handler(
    job: Callable[[str, str], None],
    *,
    hears: tuple[str, ...],  # noqa: ARG001  (said here for the template, which is written from it)
    tries: int,  # noqa: ARG001  (likewise)
    first_pause: int = 2,
) -> LambdaHandler:
    """Make a Lambda handler that runs `job` with bucket and key of each object that S3 says was created.

    `hears` are beginnings of keys, with a star at the end. `tries` and `first_pause` are as for jobs.
    """

    def take(record: Any) -> None:
        detail = json.loads(record.body)["detail"]
        # EventBridge sends keys as they are, some stand-ins quote them; our keys have nothing that unquoting changes.
        job(detail["bucket"]["name"], unquote_plus(detail["object"]["key"]))

    return _record_handler(take, name=job.__name__, first_pause=first_pause)


def schedule_handler(job: Callable[[dict[str, Any]], object]) -> LambdaHandler:
    """Make a Lambda handler for a schedule; `job` gets the schedule's input, and what it returns is logged."""

    def handle(event: dict[str, Any], context: Any) -> None:
        _begin(context)
        logger().info("schedule ran", schedule=job.__name__, result=str(job(event)))

    return handle


def envelope_of(record: "SQSRecord") -> Envelope:
    """Return the envelope that an SQS record carries inside the EventBridge event."""
    return Envelope.model_validate(json.loads(record.body)["detail"])


def _record_handler(take: Callable[[Any], None], *, name: str, first_pause: int) -> LambdaHandler:
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    def take_or_postpone(record: Any) -> None:
        try:
            take(record)
        except Exception as error:
            logger().exception("job failed", job=name, messageId=record.message_id, error=type(error).__name__)
            count("JobFailed", job=name)
            _postpone(record, first_pause)
            raise

    def handle(event: dict[str, Any], context: Any) -> Any:
        _begin(context)
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        return process_partial_response(
            event=event, record_handler=take_or_postpone, processor=processor, context=context
        )

    return handle


def _begin(context: Any) -> None:
    # Before its first run, which may make much.
    cold_start.ended()
    logger().append_keys(function=context.function_name, requestId=context.aws_request_id)


def _postpone(record: Any, first_pause: int) -> None:
    """Hide the message until its next try is due. If that fails, the queue's own visibility time-out holds."""
    tries = int(record.attributes.approximate_receive_count)
    pause = min(first_pause * 2 ** (tries - 1), LONGEST_PAUSE)
    queue = cast(str, record.event_source_arn).rpartition(":")[2]
    try:
        sqs = aws.client("sqs")
        address = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        sqs.change_message_visibility(QueueUrl=address, ReceiptHandle=record.receipt_handle, VisibilityTimeout=pause)
    except aws.failures() as error:
        logger().warning("pause before the next try not set", queue=queue, error=type(error).__name__)
