"""One connection to Valkey, on hiredis. Importing redis-py would make a start a fifth longer (decision 28)."""

import select
import socket
import threading
from collections.abc import Sequence
from typing import cast
from urllib.parse import SplitResult, unquote, urlsplit

from hiredis import ProtocolError, Reader, ReplyError, pack_command

# For a connection and for a reply alike: the shop goes on without whatever is asked here.
TIMEOUT_SECONDS = 0.25
_CHUNK = 1 << 16
_PORT = 6379

type Command = Sequence[str | bytes | int | float]
type Reply = bytes | int | list[Reply] | ReplyError | None


class Disconnected(OSError):
    """The other side closed the connection, or sent what is no reply."""


class Connection:
    """Connects on first use, and again after any failure.

    `url` is `redis://host:port`, `rediss://` for TLS, with a login where there is one, or `unix:///path`.
    """

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._socket: socket.socket | None = None
        self._reader = Reader()
        # A function has one thread; the laptop's workers and tests have several.
        self._lock = threading.Lock()

    def execute(self, commands: Sequence[Command]) -> list[Reply]:
        """Send commands in one round trip and return their replies, a `ReplyError` for each that was refused.

        Raises `OSError` when they can't be sent or no reply comes in time; they may have been done all the same.
        """
        with self._lock:
            try:
                connected = self._usable() or self._connect()
                connected.sendall(b"".join(map(_packed, commands)))
                return [self._reply(connected) for _ in commands]
            except BaseException:
                # A reply that comes late would be taken for the reply to the next command.
                self.close()
                raise

    def close(self) -> None:
        """Close it; the next command opens another."""
        if self._socket:
            self._socket.close()
        self._socket = None

    def _usable(self) -> socket.socket | None:
        """Return the open connection. One with something to read was closed by the other side: no reply is due."""
        if self._socket and select.select([self._socket], [], [], 0)[0]:
            self.close()
        return self._socket

    def _connect(self) -> socket.socket:
        connected = _with_tls(self._url, _open(self._url)) if self._url.scheme == "rediss" else _open(self._url)
        self._socket, self._reader = connected, Reader()
        if self._url.password:
            connected.sendall(_packed(("AUTH", unquote(self._url.username or "default"), unquote(self._url.password))))
            if isinstance(self._reply(connected), ReplyError):
                raise Disconnected("the login is refused")
        return connected

    def _reply(self, connected: socket.socket) -> Reply:
        try:
            # The reader says False while a reply is not complete.
            while (reply := self._reader.gets()) is False:
                received = connected.recv(_CHUNK)
                if not received:
                    raise Disconnected("closed before it replied")
                self._reader.feed(received)
        except ProtocolError as error:
            raise Disconnected(str(error)) from error
        return reply


def _packed(command: Command) -> bytes:
    # Its types say a tuple of one.
    return cast(bytes, pack_command(cast("tuple[str]", tuple(command))))


def _open(url: SplitResult) -> socket.socket:
    if url.scheme == "unix":
        opened = socket.socket(socket.AF_UNIX)
        opened.settimeout(TIMEOUT_SECONDS)
        try:
            opened.connect(url.path)
        except OSError:
            opened.close()
            raise
        return opened
    opened = socket.create_connection((url.hostname, url.port or _PORT), timeout=TIMEOUT_SECONDS)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def _with_tls(url: SplitResult, opened: socket.socket) -> socket.socket:
    import ssl

    try:
        return ssl.create_default_context().wrap_socket(opened, server_hostname=url.hostname)
    except OSError:
        opened.close()
        raise
