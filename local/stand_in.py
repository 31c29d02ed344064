"""The AWS stand-in's process: moto behind two doors; the public one opens when its resources are there."""

import json
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from types import ModuleType
from typing import Any

from jsonpath_ng import ext as paths
from moto import backends
from moto.core import responses
from moto.core.exceptions import ServiceException
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.sqs.models import Queue, sqs_backends
from werkzeug.serving import make_server

from local.account import ACCOUNT, REGION
from local.arrivals import ARRIVALS, EXCHANGE, WAIT_SECONDS
from local.mail import MAILS

# How soon the return of a message after its time-out is noticed.
LOOK_AGAIN_SECONDS = 0.25

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def main() -> None:
    """Serve on the first listening socket at once, on the second after a line on standard input.

    The process ends with that input.
    """
    # A log line for each request would be most of the disk that a day of polling takes.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    private, public = (int(number) for number in sys.argv[1:3])
    _leave_machines_out()
    _remember_what_stays()
    arrivals = _Arrivals()
    arrivals.note_all()
    moto = DomainDispatcherApplication(create_backend_app)
    application = _telling(moto, {MAILS: _mails_after, ARRIVALS: arrivals.since, EXCHANGE: _exchange})
    _serve(application, private)
    if sys.stdin.buffer.readline():
        _serve(application, public)
        sys.stdin.buffer.read()
    # Nothing is kept, so the process needs no orderly end.
    os._exit(0)


def _leave_machines_out() -> None:
    """Load parameters without EC2.

    moto imports EC2 with them, to run commands on machines, of which there are none here. That takes longer than
    everything else.
    """
    machines = ModuleType("moto.ec2")
    vars(machines)["ec2_backends"] = {}
    sys.modules[machines.__name__] = machines


def _remember_what_stays() -> None:
    """Let moto look up only once what never changes, not at each call.

    These are its services, the spelling of their operations, and the paths in rules.
    """
    services = list(backends.list_of_moto_modules())
    setattr(backends, backends.list_of_moto_modules.__name__, lambda: services)
    for module, name in (
        (responses, "camelcase_to_underscores"),
        (responses, "method_names_from_class"),
        (paths, "parse"),
    ):
        setattr(module, name, cache(getattr(module, name)))


class _Arrivals:
    """Reports to a waiting caller which queues were sent something."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._last: dict[str, int] = {}

    def note_all(self) -> None:
        """Record every message that is sent from now on."""
        add = Queue.add_message

        def noted(queue: Any, message: Any) -> None:
            add(queue, message)
            with self._changed:
                self._count += 1
                self._last[queue.name] = self._count
                self._changed.notify_all()

        setattr(Queue, add.__name__, noted)

    def since(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Wait for arrivals after those that were `seen`, or for messages that came back; return the queues' names."""
        seen, until = asked["seen"], time.monotonic() + WAIT_SECONDS
        with self._changed:
            names = self._after(seen)
            while not names and (left := until - time.monotonic()) > 0:
                self._changed.wait(min(left, LOOK_AGAIN_SECONDS) if _queues_holding() else left)
                names = self._after(seen) | {queue.name for queue in _queues_holding() if queue.messages}
            return {"seen": self._count, "queues": sorted(names)}

    def _after(self, seen: int) -> set[str]:
        # A caller who has seen more than there was has talked to the previous process.
        return {name for name, at in self._last.items() if at > seen or seen > self._count}


def _queues_holding() -> list[Any]:
    """All queues that hold messages, whether these can be received now or not."""
    queues = list(sqs_backends[ACCOUNT][REGION].queues.values())
    return [queue for queue in queues if vars(queue)["_messages"]]


def _exchange(asked: dict[str, Any]) -> dict[str, Any]:
    """Delete messages of a queue, and return further ones, as `DeleteMessageBatch` and `ReceiveMessage` do."""
    store, queue = sqs_backends[ACCOUNT][REGION], asked["queue"]
    seconds = vars(store.get_queue(queue))["visibility_timeout"]
    for handle in asked["done"]:
        # A message that came back and was received again has another handle, and stays.
        with suppress(ServiceException):
            store.delete_message(queue, handle)
    taken = store.receive_message(queue, asked["most"], 0, seconds) if asked["most"] else []
    return {"messages": [_message(each) for each in taken]}


def _message(taken: Any) -> dict[str, Any]:
    return {
        "MessageId": taken.id,
        "ReceiptHandle": taken.receipt_handle,
        "Body": taken.body,
        "MD5OfBody": taken.body_md5,
        "Attributes": {
            "SenderId": taken.sender_id,
            "SentTimestamp": str(taken.sent_timestamp),
            "ApproximateReceiveCount": str(taken.approximate_receive_count),
            "ApproximateFirstReceiveTimestamp": str(taken.approximate_first_receive_timestamp),
        },
    }


def _telling(moto: Application, pages: dict[str, Callable[[dict[str, Any]], dict[str, Any]]]) -> Application:
    """Answer these pages, and pass everything else to moto, which takes some milliseconds for each call."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        page = pages.get(environ["PATH_INFO"])
        if page is None:
            return moto(environ, start_response)
        asked = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            status, told = "200 OK", page(json.loads(asked or b"{}"))
        except ServiceException as refused:
            status, told = "404 Not Found", {"message": str(refused)}
        content = json.dumps(told).encode()
        start_response(status, [("content-type", "application/json"), ("content-length", str(len(content)))])
        return [content]

    return answer


def _mails_after(asked: dict[str, Any]) -> dict[str, Any]:
    taken = list(_mails())
    return {"total": len(taken), "mails": taken[asked.get("after", 0) :]}


def _mails() -> Iterable[str]:
    """All mails in raw form, the oldest first."""
    # Until somebody sends a mail, moto has not loaded the service that takes it.
    models = sys.modules.get("moto.ses.models")
    accounts = list(models.ses_backends.values()) if models else []
    return (mail.raw_data for account in accounts for place in list(account.values()) for mail in place.sent_messages)


class _Handler(MotoRequestHandler):
    # Callers keep their connections open.
    protocol_version = "HTTP/1.1"


def _serve(application: Application, listening: int) -> None:
    host, port = socket.socket(fileno=os.dup(listening)).getsockname()[:2]
    server = make_server(host, port, application, threaded=True, request_handler=_Handler, fd=listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()


if __name__ == "__main__":
    main()
