"""The pages beside the API: what runs, what waits, what failed, and the pictures of the media bucket."""

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from botocore.exceptions import BotoCoreError, ClientError

from local import mail
from local.connections import Request, Response
from local.invocations import Outcome
from local.resources import queue_url

if TYPE_CHECKING:
    from local.system import System

type Handler = Callable[[Request], Awaitable[Response]]

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#1c2024}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #e4e7eb;vertical-align:top}
.bad{color:#b3261e;font-weight:600}.ok{color:#1b7f3b}pre{margin:0;white-space:pre-wrap;font-size:12px;max-width:50rem}
iframe{border:1px solid #e4e7eb;width:32rem;height:24rem;background:#fff}
nav a{margin-right:1rem}form{display:inline}button{font:inherit;padding:.1rem .6rem}
@media(prefers-color-scheme:dark){body{background:#16181b;color:#e6e8eb}td,th{border-color:#2e3238}a{color:#8ab4ff}}
"""


def pages(system: "System") -> dict[str, Handler]:
    """Return the pages by the prefix of their path; the first match answers."""
    here = _Pages(system)
    return {
        "/_local/state.json": _aside(here.state),
        "/_local/mail.json": _aside(here.mail_json),
        "/_local/mail": _aside(here.mail),
        "/_local/fire/": here.fire,
        "/_local/invoke/": here.invoke,
        "/_local/dead/": _aside(here.dead),
        "/_local": _aside(here.overview),
        "/media/": _aside(here.media),
    }


def _aside(page: Callable[[Request], Response]) -> Handler:
    """Let a page wait for the stand-in in a thread: the loop must continue, not least to start the stand-in again."""

    async def answer(request: Request) -> Response:
        return await asyncio.to_thread(page, request)

    return answer


def _is_from_elsewhere(request: Request) -> bool:
    """Whether the request comes from another site's page."""
    origin = request.header("origin")
    return bool(origin) and origin.partition("://")[2] != request.header("host")


class _Pages:
    def __init__(self, system: "System") -> None:
        self._system = system

    def state(self, _request: Request) -> Response:
        document = json.dumps(self._state(), indent=2).encode()
        return Response(200, document, [("content-type", "application/json")])

    def overview(self, _request: Request) -> Response:
        state = self._state()
        parts = [
            _heading("Queues"),
            _table(("queue", "waiting", "in work", "dead", ""), [_queue_row(queue) for queue in state["queues"]]),
            _heading("Schedules"),
            _table(("schedule", "when", ""), [_schedule_row(schedule) for schedule in state["schedules"]]),
            _heading("Recent invocations"),
            _table(("function", "when", "took", "outcome", "log"), [_call_row(call) for call in state["invocations"]]),
            _heading(f"Functions ({len(state['functions'])})"),
            _table(("function", "called by"), [(escape(f["name"]), escape(f["by"])) for f in state["functions"]]),
        ]
        return _page("Ravo on this laptop", "".join(parts), refresh=True)

    def mail(self, _request: Request) -> Response:
        rows = [mail.row_of(each) for each in mail.sent(self._system.moto.url)]
        table = _table(("to", "subject", "time", "text", "HTML"), rows)
        return _page("Mail", table if rows else "<p>No mail has been sent.</p>")

    def mail_json(self, _request: Request) -> Response:
        document = json.dumps([asdict(each) for each in mail.sent(self._system.moto.url)], indent=2).encode()
        return Response(200, document, [("content-type", "application/json")])

    async def fire(self, request: Request) -> Response:
        name = request.path.removeprefix("/_local/fire/")
        if request.method != "POST" or _is_from_elsewhere(request):
            return Response.message(405, "Method Not Allowed")
        try:
            outcome = await self._system.clock.fire(name)
        except KeyError:
            return Response.message(404, "Not Found")
        return (
            Response(303, headers=[("location", "/_local")])
            if not outcome.error
            else Response.message(500, outcome.message)
        )

    async def invoke(self, request: Request) -> Response:
        """Run a function once on the event that is sent, for `python -m local invoke`."""
        name = request.path.removeprefix("/_local/invoke/")
        if request.method != "POST" or _is_from_elsewhere(request):
            return Response.message(405, "Method Not Allowed")
        if name not in self._system.cloud.functions:
            return Response.message(404, f"There is no function {name}")
        try:
            event = json.loads(request.body)
        except ValueError:
            return Response.message(400, "The event is not JSON")
        outcome = await self._system.call(name, event)
        document = json.dumps(said(outcome)).encode()
        return Response(200, document, [("content-type", "application/json")])

    def dead(self, request: Request) -> Response:
        """Show the dead messages of a queue.

        A POST with `do=retry` moves them back into the queue, one with `do=delete` deletes them.
        """
        name = request.path.removeprefix("/_local/dead/")
        queue = next((queue for queue in self._system.cloud.queues if queue.name == name), None)
        if queue is None or queue.dead_letters is None or _is_from_elsewhere(request):
            return Response.message(404, "Not Found")
        messages = self._dead_messages(queue.dead_letters, peek=request.method != "POST")
        if request.method == "POST":
            self._settle(queue.name, queue.dead_letters, messages, parse_qs(request.body.decode()).get("do", [""])[0])
            return Response(303, headers=[("location", "/_local")])
        rows = [(f"<pre>{escape(message['Body'])}</pre>",) for message in messages]
        buttons = _button(f"/_local/dead/{name}", "retry") + " " + _button(f"/_local/dead/{name}", "delete")
        return _page(f"Dead messages of {escape(name)}", buttons + _table(("message",), rows))

    def media(self, request: Request) -> Response:
        """Serve a picture as CloudFront would: the path is the object's key."""
        found = self._system.objects.find(self._system.environment()["MEDIA_BUCKET"], request.path.lstrip("/"))
        if found is None:
            return Response.message(404, "Not Found")
        content, about = found
        tag = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
        headers = [
            ("content-type", about.get("ContentType", "binary/octet-stream")),
            ("cache-control", about.get("CacheControl", "public, max-age=300")),
            ("etag", tag),
        ]
        return (
            Response(304, b"", headers) if request.header("if-none-match") == tag else Response(200, content, headers)
        )

    def _state(self) -> dict[str, Any]:
        cloud = self._system.cloud
        by: dict[str, list[str]] = {}
        for route in cloud.routes:
            by.setdefault(route.function, []).append(f"{route.method} {route.path}")
        for mapping in cloud.mappings:
            by.setdefault(mapping.function, []).append(f"queue {mapping.queue}")
        for schedule in cloud.schedules:
            by.setdefault(schedule.function, []).append(schedule.expression)
        return {
            "functions": [
                {"name": name, "by": ", ".join(by.get(name, ["deployment"]))} for name in sorted(cloud.functions)
            ],
            "queues": [self._depths(queue.name, queue.dead_letters) for queue in cloud.queues if queue.dead_letters],
            "schedules": [{"name": s.name, "expression": s.expression} for s in cloud.schedules],
            "services": [{"name": s.name, "alive": s.alive, "url": s.url} for s in self._system.services],
            "environments": self._system.pool.pids,
            "spent": {name: asdict(spent) for name, spent in self._system.pool.spent.items()},
            "pollers": sum(poller.processor for poller in self._system.pollers),
            "invocations": [
                {"function": i.function, "at": i.at, "took": i.took, "outcome": i.outcome, "log": i.log}
                for i in reversed(list(self._system.pool.invocations))
            ],
        }

    def _depths(self, name: str, dead: str) -> dict[str, Any]:
        try:
            own, other = self._attributes(name), self._attributes(dead)
        except (ClientError, BotoCoreError):
            return {"name": name, "waiting": None, "working": None, "dead": None}
        return {
            "name": name,
            "waiting": int(own["ApproximateNumberOfMessages"]),
            "working": int(own["ApproximateNumberOfMessagesNotVisible"]),
            "dead": int(other["ApproximateNumberOfMessages"]),
        }

    def _attributes(self, name: str) -> dict[str, str]:
        aws = self._system.aws
        return aws.client("sqs").get_queue_attributes(QueueUrl=queue_url(aws, name), AttributeNames=["All"])[
            "Attributes"
        ]

    def _dead_messages(self, name: str, *, peek: bool) -> list[dict[str, Any]]:
        aws = self._system.aws
        found: list[dict[str, Any]] = []
        while len(found) < 100:
            answer = aws.client("sqs").receive_message(
                QueueUrl=queue_url(aws, name), MaxNumberOfMessages=10, VisibilityTimeout=1 if peek else 30
            )
            if not answer.get("Messages"):
                break
            found += answer["Messages"]
        return found

    def _settle(self, name: str, dead: str, messages: list[dict[str, Any]], what: str) -> None:
        aws = self._system.aws
        sqs = aws.client("sqs")
        for message in messages:
            if what == "retry":
                sqs.send_message(QueueUrl=queue_url(aws, name), MessageBody=message["Body"])
            if what in ("retry", "delete"):
                sqs.delete_message(QueueUrl=queue_url(aws, dead), ReceiptHandle=message["ReceiptHandle"])


def said(outcome: Outcome) -> dict[str, Any]:
    """Render the result of a function's run: its log, and what it returned or why it failed."""
    if outcome.error:
        return {"error": outcome.message, "log": outcome.log}
    return {"result": outcome.whole, "log": outcome.log}


def _page(title: str, body: str, *, refresh: bool = False) -> Response:
    again = '<meta http-equiv="refresh" content="3">' if refresh else ""
    document = (
        f'<!doctype html><html lang="en"><meta charset="utf-8">{again}<title>{title}</title><style>{_STYLE}</style>'
        f'<nav><a href="/_local">overview</a><a href="/_local/mail">mail</a><a href="/api/v1/docs">API</a></nav>'
        f"<h1>{title}</h1>{body}</html>"
    )
    return Response(
        200, document.encode(), [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store")]
    )


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return "<p>Nothing yet.</p>"
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{titles}</tr>{lines}</table>"


def _button(action: str, what: str) -> str:
    return f'<form method="post" action="{escape(action)}"><button name="do" value="{what}">{what}</button></form>'


def _queue_row(queue: dict[str, Any]) -> tuple[str, ...]:
    dead = queue["dead"] or 0
    name = escape(queue["name"])
    link = f'<a class="bad" href="/_local/dead/{name}">{dead}</a>' if dead else "0"
    return name, str(queue["waiting"]), str(queue["working"]), link, ""


def _schedule_row(schedule: dict[str, Any]) -> tuple[str, ...]:
    name = escape(schedule["name"])
    return name, escape(schedule["expression"]), _button(f"/_local/fire/{name}", "fire now")


def _call_row(call: dict[str, Any]) -> tuple[str, ...]:
    kind = "ok" if call["outcome"] == "ok" else "bad"
    when = time.strftime("%H:%M:%S", time.localtime(call["at"]))
    log = f"<details><summary>{len(call['log'].splitlines())} lines</summary><pre>{escape(call['log'])}</pre></details>"
    outcome = f'<span class="{kind}">{escape(call["outcome"])}</span>'
    return escape(call["function"]), when, f"{call['took'] * 1000:.1f} ms", outcome, log if call["log"] else ""
