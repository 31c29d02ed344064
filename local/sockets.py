"""How the parts of the system connect: sockets in a folder, and ports of the loopback."""

import hashlib
import os
import socket
import tempfile
from pathlib import Path

# The kernel takes socket paths of up to 107 bytes, and PostgreSQL adds a name of its own.
LONGEST_SOCKET_FOLDER = 80


def socket_folder(folder: Path) -> Path:
    """Return a folder for sockets whose path is short enough, the same one for the same state folder."""
    inside = folder / "sockets"
    if len(str(inside)) > LONGEST_SOCKET_FOLDER:
        digest = hashlib.blake2b(str(folder).encode(), digest_size=6).hexdigest()
        inside = Path(tempfile.gettempdir()) / f"ravo-{os.getuid()}-{digest}"
    inside.mkdir(parents=True, exist_ok=True, mode=0o700)
    return inside


def listening_socket(port: int = 0) -> socket.socket:
    """Listen on a port of the loopback, or on any free one; raises OSError when somebody else has it."""
    return socket.create_server(("127.0.0.1", port), backlog=128)


def free_port() -> int:
    """Return a port on which nobody listens now.

    Someone may take it first: a caller that can should keep a `listening_socket` instead.
    """
    with listening_socket() as probe:
        return int(probe.getsockname()[1])


def address_of(listening: socket.socket) -> str:
    """Return the address of a listening socket."""
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def port_of(url: str) -> int:
    """Return the port of such an address."""
    return int(url.rpartition(":")[2])
