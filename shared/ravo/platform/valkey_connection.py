"""A connection to Valkey: commands go out together, their answers come back in order. How both are written is hiredis' part."""

import select
import socket
import threading
from collections import deque
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


class Asked:
    """Commands that were sent. Their answers are read when someone wants them, or those to later commands."""

    def __init__(self, connection: "Connection", number: int) -> None:
        self.number = number
        self.outcome: list[Any] | OSError | None = None
        self._connection = connection

    def answers(self) -> list[Any]:
        """Return what was answered to each: bytes, numbers, None, lists of these, or a `ReplyError` in the place of what was refused.

        Raises `OSError` when there is no answer in time; what was sent may have been done all the same.
        """
        if self.outcome is None:
            self._connection.read(self)
        if isinstance(self.outcome, list):
            return self.outcome
        raise self.outcome or Disconnected("closed before it answered")


class Connection:
    """Connects on first use, and anew after whatever went wrong.

    `url` is `redis://host:port`, `rediss://` for TLS, with a login where one is asked for, or `unix:///path`.
    """

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._socket: socket.socket | None = None
        self._reader = Reader()
        # What was asked on this socket and not yet answered, in the order that answers come.
        self._due: deque[Asked] = deque()
        # A function has one thread; where there are several, they take turns.
        self._turn = threading.RLock()

    def send(self, commands: Sequence[Command]) -> Asked:
        """Send commands, to be done one after the other. Raises `OSError` when they can't be sent."""
        with self._turn:
            asked = Asked(self, len(commands))
            try:
                connected = self._usable() or self._connect()
                connected.sendall(b"".join(map(_packed, commands)))
            except BaseException as error:  # whatever it was, raised again
                self.close(error)
                raise
            self._due.append(asked)
            return asked

    def read(self, asked: Asked) -> None:
        """Read answers until those to `asked` have come. Raises `OSError` when they do not."""
        with self._turn:
            try:
                while self._due and asked.outcome is None:
                    earliest = self._due[0]
                    earliest.outcome = [self._answer() for _ in range(earliest.number)]
                    self._due.popleft()
            except BaseException as error:  # whatever it was, raised again
                # What is still to be answered would be taken for the answer to the next command.
                self.close(error)
                raise

    def settle(self) -> None:
        """Read whatever answers are due. Raises `OSError` when they do not come."""
        with self._turn:
            if self._due:
                self.read(self._due[-1])

    def close(self, error: BaseException | None = None) -> None:
        """Close it; the next command opens another. What is not answered never will be."""
        if self._socket:
            self._socket.close()
        self._socket = None
        for asked in self._due:
            asked.outcome = error if isinstance(error, OSError) else Disconnected(str(error or "closed"))
        self._due.clear()

    def _usable(self) -> socket.socket | None:
        """Return the connection, unless the other side has closed it meanwhile: where no answer is due, nothing is there to be read."""
        if self._socket and not self._due and select.select([self._socket], [], [], 0)[0]:
            self.close()
        return self._socket

    def _connect(self) -> socket.socket:
        connected = _tls(self._url, _open(self._url)) if self._url.scheme == "rediss" else _open(self._url)
        self._socket, self._reader = connected, Reader()
        if self._url.password:
            connected.sendall(_packed(("AUTH", unquote(self._url.username or "default"), unquote(self._url.password))))
            if isinstance(self._answer(), ReplyError):
                raise Disconnected("the login is refused")
        return connected

    def _answer(self) -> Any:
        try:
            # False is what the reader says while an answer is not whole.
            while (answer := self._reader.gets()) is False:
                received = self._socket.recv(_PIECE) if self._socket else b""
                if not received:
                    raise Disconnected("closed before it answered")
                self._reader.feed(received)
        except ProtocolError as error:
            raise Disconnected(str(error)) from error
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
