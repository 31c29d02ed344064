"""An HTTP client for services that are asked often: one connection each, kept for the life of the environment."""

import select
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from socket import socket


class NoResponse(Exception):
    """No answer came: the service is not there, took longer than it may, or hung up."""


@dataclass(frozen=True)
class Response:
    """What a service said; headers are found by their names in any case."""

    status: int
    headers: HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Timeouts:
    """How many seconds a service may take to be reached, and then for each piece of its answer."""

    connect: float
    answer: float


def request(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, *, timeouts: Timeouts
) -> Response:
    """Send a request and return its answer, whatever its status; follows nothing, and asks once.

    Raises `NoResponse`.
    """
    to = urlsplit(url)
    connection = _connection(to.scheme, to.netloc, timeouts)
    try:
        if connection.sock is None:
            connection.connect()
            cast("socket", connection.sock).settimeout(timeouts.answer)
        connection.request(method, f"{to.path or '/'}?{to.query}" if to.query else to.path or "/", body, dict(headers))
        answer = connection.getresponse()
        said = answer.read()
    except (OSError, HTTPException) as error:
        connection.close()
        raise NoResponse(str(error)) from error
    return Response(answer.status, answer.headers, said)


# By scheme and place.
_connections: dict[tuple[str, str], HTTPConnection] = {}


def _connection(scheme: str, place: str, timeouts: Timeouts) -> HTTPConnection:
    """Return the connection to a place; closed, to be opened again, if the other side hung up while it was idle."""
    connection = _connections.get((scheme, place))
    if connection is None:
        kind = HTTPSConnection if scheme == "https" else HTTPConnection
        connection = _connections[scheme, place] = kind(place, timeout=timeouts.connect)
    if connection.sock and select.select([connection.sock], [], [], 0)[0]:
        connection.close()
    return connection


def forget_connections() -> None:
    """Close all connections; the next requests open their own."""
    while _connections:
        _connections.popitem()[1].close()
