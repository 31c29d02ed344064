"""Only one system at a time uses a state folder. The kernel releases the lock, however its holder ends."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any, TextIO


class Taken(Exception):
    """Another process has the folder.

    `holder` is what it wrote about itself: its `pid`, and its `url` if it answers at one.
    """

    def __init__(self, state: Path, holder: dict[str, Any]) -> None:
        super().__init__(f"process {holder.get('pid')} already uses {state}")
        self.holder = holder


def take(state: Path, **about: Any) -> TextIO:
    """Return an open file that holds the lock until it is closed; raises `Taken`."""
    state.mkdir(parents=True, exist_ok=True)
    file = (state / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = json.loads(file.read() or "{}")
        file.close()
        raise Taken(state, holder) from None
    file.truncate(0)
    file.write(json.dumps({"pid": os.getpid()} | about))
    file.flush()
    return file
