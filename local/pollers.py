"""Event source mappings: queues polled, batches handed to functions, what succeeded deleted, what failed left to be seen again."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.account import ACCOUNT, REGION
from local.cloud import Mapping
from local.invocations import Outcome
from local.resources import Aws, queue_url

LONG_POLL_SECONDS = 5
PAUSE_SECONDS = 0.5

type Invoke = Callable[[str, dict[str, Any]], Awaitable[Outcome]]


class Poller:
    """Polls one queue for one function; no more batches are under way at once than the mapping allows."""

    def __init__(self, aws: Aws, mapping: Mapping, invoke: Invoke, loop: asyncio.AbstractEventLoop) -> None:
        self._aws = aws
        self._mapping = mapping
        self._invoke = invoke
        self._loop = loop
        self._slots = threading.Semaphore(mapping.at_once)
        self._ended = threading.Event()
        # Seconds that polling took.
        self.processor = 0.0
        self._thread = threading.Thread(target=self._run, name=f"poll {mapping.queue}", daemon=True)

    def start(self) -> None:
        """Begin to poll."""
        self._thread.start()

    def stop(self) -> None:
        """Take no further batch; one that is under way is finished."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._slots.acquire()
            taken = False
            try:
                url = queue_url(self._aws, self._mapping.queue)
                messages = self._receive(url)
                if messages and not self._ended.is_set():
                    handled = asyncio.run_coroutine_threadsafe(self._handle(messages), self._loop)
                    handled.add_done_callback(
                        lambda done, url=url, messages=messages: self._finish(done, url, messages)
                    )
                    taken = True
            except (BotoCoreError, ClientError):
                # The stand-in is being started again; the queue will be there in a moment.
                self._ended.wait(PAUSE_SECONDS)
            finally:
                self.processor = time.thread_time()
                if not taken:
                    self._slots.release()

    def _receive(self, url: str) -> list[dict[str, Any]]:
        answer = self._aws.client("sqs").receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(self._mapping.batch, 10),
            WaitTimeSeconds=LONG_POLL_SECONDS,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return answer.get("Messages", [])

    async def _handle(self, messages: list[dict[str, Any]]) -> set[str]:
        """Invoke the function with a batch and return the ids of the messages that it dealt with."""
        outcome = await self._invoke(self._mapping.function, {"Records": list(map(self._record, messages))})
        every = {message["MessageId"] for message in messages}
        if outcome.error:
            return set()
        if not self._mapping.partial:
            return every
        failures = (outcome.result or {}).get("batchItemFailures", [])
        return every - {failure["itemIdentifier"] for failure in failures}

    def _finish(self, done: Any, url: str, messages: list[dict[str, Any]]) -> None:
        threading.Thread(target=self._delete, args=(done, url, messages), daemon=True).start()

    def _delete(self, done: Any, url: str, messages: list[dict[str, Any]]) -> None:
        try:
            succeeded = done.result()
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
                if message["MessageId"] in succeeded
            ]
            if entries:
                self._aws.client("sqs").delete_message_batch(QueueUrl=url, Entries=entries)
        except (BotoCoreError, ClientError, asyncio.CancelledError):
            # Not deleted means delivered again, which every job is made for.
            return
        finally:
            self._slots.release()

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": message.get("MessageAttributes", {}),
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self._mapping.queue}",
            "awsRegion": REGION,
        }
