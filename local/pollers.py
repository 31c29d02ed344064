"""Event source mappings: batches taken from queues and handed to functions.

Messages that succeed are deleted, messages that fail are delivered again.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from local.account import ACCOUNT, REGION
from local.arrivals import PAUSE_SECONDS, Arrivals, Door, StandInAway
from local.cloud import Mapping
from local.invocations import Outcome
from local.resources import Aws

LOOK_EVERY_SECONDS = 5.0
LARGEST_BATCH = 10

type Invoke = Callable[[str, dict[str, Any]], Awaitable[Outcome]]


class Poller:
    """Takes from one queue for one function when `arrivals` report something.

    No more batches are under way than the mapping allows.
    """

    def __init__(
        self,
        aws: Aws,
        mapping: Mapping,
        invoke: Invoke,
        loop: asyncio.AbstractEventLoop,
        arrivals: Arrivals | None = None,
    ) -> None:
        if arrivals is None:
            arrivals = Arrivals(aws.endpoint)
            arrivals.start()
        self._aws = aws
        self._mapping = mapping
        self._invoke = invoke
        self._loop = loop
        self._arrived = arrivals.at(mapping.queue)
        self._door = Door(aws.endpoint)
        self._done: deque[str] = deque()
        self._slots = threading.Semaphore(mapping.at_once)
        self._ended = threading.Event()
        # The seconds that taking messages took.
        self.processor = 0.0
        self._thread = threading.Thread(target=self._run, name=f"poll {mapping.queue}", daemon=True)

    def start(self) -> None:
        """Start to take messages."""
        self._thread.start()

    def stop(self) -> None:
        """Take no further batch; a batch under way is finished."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._slots.acquire()
            messages = self._next()
            if messages:
                handled = asyncio.run_coroutine_threadsafe(self._handle(messages), self._loop)
                handled.add_done_callback(lambda done, messages=messages: self._finish(done, messages))
            else:
                self._slots.release()
            self.processor = time.thread_time()

    def _next(self) -> list[dict[str, Any]]:
        """Wait for the next batch; return nothing after a while. The same request deletes finished messages."""
        if not self._arrived.wait(LOOK_EVERY_SECONDS) or self._ended.is_set():
            return []
        self._arrived.clear()
        most = min(self._mapping.batch, LARGEST_BATCH)
        try:
            messages = self._exchange(self._door, most)
        except StandInAway:
            self._ended.wait(PAUSE_SECONDS)
            self._arrived.set()
            return []
        if len(messages) == most:
            # There may be more.
            self._arrived.set()
        return messages

    def _exchange(self, door: Door, most: int) -> list[dict[str, Any]]:
        done = [self._done.popleft() for _ in range(len(self._done))]
        # A message that is not deleted is delivered again, which every job is made for.
        return door.exchange(self._mapping.queue, done, most)

    async def _handle(self, messages: list[dict[str, Any]]) -> set[str]:
        """Invoke the function with a batch and return the ids of the messages that it handled."""
        outcome = await self._invoke(self._mapping.function, {"Records": list(map(self._record, messages))})
        every = {message["MessageId"] for message in messages}
        if outcome.error:
            return set()
        if not self._mapping.partial:
            return every
        failures = (outcome.result or {}).get("batchItemFailures", [])
        return every - {failure["itemIdentifier"] for failure in failures}

    def _finish(self, done: Any, messages: list[dict[str, Any]]) -> None:
        succeeded = set[str]() if done.cancelled() or done.exception() else done.result()
        self._done.extend(message["ReceiptHandle"] for message in messages if message["MessageId"] in succeeded)
        self._arrived.set()
        self._slots.release()
        if self._ended.is_set():
            threading.Thread(target=self._say_the_last, daemon=True).start()

    def _say_the_last(self) -> None:
        """Delete the messages that were finished after the last request for more."""
        try:
            self._exchange(Door(self._aws.endpoint), 0)
        except StandInAway:
            return

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self._mapping.queue}",
            "awsRegion": REGION,
        }
