"""A connection to Valkey: commands go out together, their answers come back in order. How both are written is hiredis' part."""

import select
import socket
import threading
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import SplitResult, unquote, urlsplit

from hiredis import ProtocolError, Reader, ReplyError, pack_command

# Both for a connection and for an answer: whatever is asked here can be done without.
PATIENCE_SECONDS = 0.25
_PIECE = 1 << 16
_PORT = 6379

type Command = Sequence[str | bytes | int | float]


class Disconnected(OSError):
    """The other side closed the connection, or said what can't be understood."""


class Connection:
    """Connects on first use, and anew after whatever went wrong.

    `url` is `redis://host:port`, `rediss://` for TLS, with a login where one is asked for, or `unix:///path`.
    """

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._socket: socket.socket | None = None
        self._reader = Reader()
        # A function has one thread; where there are several, they take turns.
        self._turn = threading.Lock()

    def send(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands in one round trip and return what is answered: bytes, numbers, None, lists of these, or a `ReplyError` in the place of what was refused.

        Raises `OSError` when there is no answer in time; what was sent may have been done all the same.
        """
        with self._turn:
            try:
                return self._exchange(self._usable() or self._connect(), commands)
            except ProtocolError as error:
                self.close()
                raise Disconnected(str(error)) from error
            except BaseException:  # whatever it was, raised again below
                # What is still to be answered would be taken for the answer to the next command.
                self.close()
                raise

    def close(self) -> None:
        """Close it; the next command opens another."""
        if self._socket:
            self._socket.close()
        self._socket = None

    def _usable(self) -> socket.socket | None:
        """Return the connection, unless the other side has closed it meanwhile: nothing is due to be read between two commands."""
        if self._socket and select.select([self._socket], [], [], 0)[0]:
            self.close()
        return self._socket

    def _connect(self) -> socket.socket:
        connected = _tls(self._url, _open(self._url)) if self._url.scheme == "rediss" else _open(self._url)
        self._socket, self._reader = connected, Reader()
        if self._url.password:
            login = (unquote(self._url.username or "default"), unquote(self._url.password))
            (answer,) = self._exchange(connected, [("AUTH", *login)])
            if isinstance(answer, ReplyError):
                raise Disconnected("the login is refused")
        return connected

    def _exchange(self, connected: socket.socket, commands: Sequence[Command]) -> list[Any]:
        connected.sendall(b"".join(map(_packed, commands)))
        return [self._answer(connected) for _ in commands]

    def _answer(self, connected: socket.socket) -> Any:
        # False is what the reader says while an answer is not whole.
        while (answer := self._reader.gets()) is False:
            received = connected.recv(_PIECE)
            if not received:
                raise Disconnected("closed before it answered")
            self._reader.feed(received)
        return answer


def _packed(command: Command) -> bytes:
    # Its types say a tuple of one.
    return cast(bytes, pack_command(cast("tuple[str]", tuple(command))))


def _open(url: SplitResult) -> socket.socket:
    if url.scheme == "unix":
        opened = socket.socket(socket.AF_UNIX)
        opened.settimeout(PATIENCE_SECONDS)
        try:
            opened.connect(url.path)
        except OSError:
            opened.close()
            raise
        return opened
    opened = socket.create_connection((url.hostname, url.port or _PORT), timeout=PATIENCE_SECONDS)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def _tls(url: SplitResult, opened: socket.socket) -> socket.socket:
    import ssl

    try:
        return ssl.create_default_context().wrap_socket(opened, server_hostname=url.hostname)
    except OSError:
        opened.close()
        raise
