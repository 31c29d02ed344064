"""The protocol between gateway and workers: a JSON head and a raw body, each with its length before it."""

import json
import struct
from typing import Any

HEADER = struct.Struct(">II")


def pack(head: dict[str, Any], body: bytes = b"") -> bytes:
    """Write a frame."""
    encoded = json.dumps(head).encode()
    return HEADER.pack(len(encoded), len(body)) + encoded + body
