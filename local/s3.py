"""The door before S3: it checks presigned requests, passes the rest to the stand-in, and keeps what arrives."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape, unescape  # (writes XML, reads none)  # nosec B406

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud import Bucket
from local.objects import CHUNK, Objects
from local.presigned import Refusal, refusal
from local.resources import SECRET, Aws

PATIENCE_SECONDS = 60
LARGEST_LIST = 2 * 1024 * 1024
NO_LENGTH = Refusal(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
SLOW_DOWN = Refusal(503, "SlowDown", "Please reduce your request rate.")
# Headers of one connection, not of the request, and those that this server sets itself.
_OWN_HEADERS = {"connection", "keep-alive", "transfer-encoding", "te", "expect", "content-length", "server", "date"}
_DELETED_KEY = re.compile(rb"<Key>(.*?)</Key>", re.DOTALL)


class S3Door:
    """Listens on a port of its own, in a thread for each connection."""

    def __init__(self, aws: Aws, stand_in: str, objects: Objects) -> None:
        self._server = _Server(aws, stand_in, objects)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="s3 door", daemon=True)

    def use(self, buckets: list[Bucket]) -> None:
        """Answer browsers by the CORS rules of these buckets."""
        self._server.buckets = {bucket.name: bucket for bucket in buckets}

    def start(self) -> None:
        """Start to accept requests."""
        self._thread.start()

    def stop(self) -> None:
        """Stop accepting requests."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A request under way at the end is cut off, as it would be by a power failure.
    block_on_close = False
    request_queue_size = 128

    def __init__(self, aws: Aws, stand_in: str, objects: Objects) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.aws = aws
        self.stand_in = urlsplit(stand_in)
        self.objects = objects
        self.buckets: dict[str, Bucket] = {}
        self.keeping = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Log nothing: a client that disconnects is not our concern, and other errors are answered."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are sent together.
    wbufsize = -1

    def _serve(self) -> None:
        self._unread = int(self.headers.get("content-length") or 0)
        refused = self._refusal()
        if refused:
            self._refuse(refused)
            return
        try:
            answer = self._forward()
        except (OSError, HTTPException):
            self._refuse(SLOW_DOWN)
            return
        with answer:
            try:
                if answer.status < 300:
                    self._remember()
            except (OSError, BotoCoreError, ClientError):
                # An object that could not be kept would be gone after a restart, so it is not stored.
                self._refuse(SLOW_DOWN)
                return
            self._pass_on(answer)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815  (the standard library's names)

    def do_OPTIONS(self) -> None:
        """Answer a browser's preflight request, which the stand-in refuses for a key that exists."""
        self._unread = 0
        wanted = self.headers.get("access-control-request-method", "")
        allowed = self._cors(wanted)
        self.send_response(200 if allowed else 403)
        for name, value in allowed:
            self.send_header(name, value)
        self.send_header("content-length", "0")
        self.end_headers()

    def handle_expect_100(self) -> bool:
        """Refuse before the body is sent, where possible."""
        if self._refusal():
            return True
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the standard library's names)
        """Log nothing."""

    @property
    def _place(self) -> tuple[str, str]:
        bucket, _, key = unquote(self.path.partition("?")[0]).lstrip("/").partition("/")
        return bucket, key

    @property
    def _asked(self) -> set[str]:
        """The names of the query that change what a request means."""
        query = self.path.partition("?")[2]
        names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
        return {name for name in names if not name.startswith("X-Amz-") and name != "x-id"}

    @property
    def _here(self) -> _Server:
        return cast(_Server, self.server)

    def _refusal(self) -> Refusal | None:
        if "transfer-encoding" in self.headers:
            self.close_connection = True
            return NO_LENGTH
        headers = {name.lower(): value for name, value in self.headers.items()}
        return refusal(self.command, self.path, headers, secret=SECRET, now=datetime.now(UTC))

    def _refuse(self, why: Refusal) -> None:
        if self.headers.get("expect"):
            # The client has not begun to send, and will not.
            self.close_connection = True
        else:
            # The client is sending, and would not read the answer before it is finished.
            for _ in self._body():
                pass
        document = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{why.code}</Code>'
            f"<Message>{escape(why.message)}</Message><Resource>{escape(self.path.partition('?')[0])}</Resource></Error>"
        ).encode()
        self.send_response(why.status)
        for name, value in self._cors(self.command):
            self.send_header(name, value)
        self.send_header("content-type", "application/xml")
        self.send_header("content-length", str(len(document)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(document)

    def _forward(self) -> HTTPResponse:
        """Pass the request on unchanged, its body in pieces."""
        where = self._here.stand_in
        connection = HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE_SECONDS)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in _OWN_HEADERS:
                connection.putheader(name, value)
        connection.putheader("connection", "close")
        if "content-length" in self.headers:
            connection.putheader("content-length", str(self._unread))
        connection.endheaders()
        self._list = b""
        listing = "delete" in self._asked
        for chunk in self._body():
            connection.send(chunk)
            if listing and len(self._list) < LARGEST_LIST:
                self._list += chunk
        return connection.getresponse()

    def _body(self) -> Iterator[bytes]:
        while self._unread:
            chunk = self.rfile.read1(min(self._unread, CHUNK))
            if not chunk:
                self.close_connection = True
                raise ConnectionResetError("the client went away")
            self._unread -= len(chunk)
            yield chunk

    def _remember(self) -> None:
        bucket, key = self._place
        asked = self._asked
        match self.command:
            case "PUT" | "DELETE" if key and not asked:
                self._mirror(bucket, key)
            case "POST" if key and "uploadId" in asked:
                self._mirror(bucket, key)
            case "POST" if "delete" in asked:
                for found in _DELETED_KEY.findall(self._list):
                    self._mirror(bucket, unescape(found.decode()))
            case _:
                return

    def _mirror(self, bucket: str, key: str) -> None:
        """Keep the object as the stand-in holds it now.

        It is read back and not taken from the request, so copies and multipart uploads work the same way.
        """
        s3 = self._here.aws.client("s3")
        # One at a time: of two writers, the later one must also be kept last.
        with self._here.keeping:
            try:
                stored = s3.get_object(Bucket=bucket, Key=key)
            except s3.exceptions.NoSuchKey:
                self._here.objects.drop(bucket, key)
                return
            self._here.objects.keep(bucket, key, stored["Body"].iter_chunks(CHUNK), stored)

    def _pass_on(self, answer: HTTPResponse) -> None:
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _OWN_HEADERS and not name.lower().startswith("access-control-"):
                self.send_header(name, value)
        for name, value in self._cors(self.command):
            self.send_header(name, value)
        length = answer.getheader("content-length")
        whole = answer.read() if length is None else b""
        self.send_header("content-length", str(len(whole)) if length is None else length)
        self.end_headers()
        self.wfile.write(whole)
        while chunk := answer.read(CHUNK):
            self.wfile.write(chunk)

    def _cors(self, method: str) -> list[tuple[str, str]]:
        origin = self.headers.get("origin", "")
        bucket = self._here.buckets.get(self._place[0])
        for rule in bucket.cors if origin and bucket else ():
            if origin in rule["AllowedOrigins"] and method in rule["AllowedMethods"]:
                return [
                    ("access-control-allow-origin", origin),
                    ("access-control-allow-methods", ", ".join(rule["AllowedMethods"])),
                    ("access-control-allow-headers", ", ".join(rule.get("AllowedHeaders", []))),
                    ("access-control-max-age", str(rule.get("MaxAge", 0))),
                    ("vary", "Origin"),
                ]
        return []
