"""A system of its own for the length of a block: on a free port, with its state in a temporary folder."""

import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from local.pages import pages
from local.sockets import free_port
from local.system import System

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def throwaway_system() -> Generator[System]:
    """Start a system, create its owner, and end it after the block, however the block ends."""
    # An exception in the main thread unwinds the block; a signal that only ends the process would not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    state = Path(tempfile.mkdtemp(prefix="ravo-"))
    try:
        running = _Running(System(ROOT, port=free_port(), state=state, pages=pages))
        try:
            running.start()
            make_owner(running.system)
            yield running.system
        finally:
            running.stop()
    finally:
        shutil.rmtree(state, ignore_errors=True)


def make_owner(system: System) -> None:
    """Create the demo owner, and leave the catalogue empty."""
    environment = system.environment() | {"PYTHONPATH": f"{ROOT / 'shared'}:{ROOT}", "LOG_LEVEL": "WARNING"}
    subprocess.run([sys.executable, "-m", "local.owner"], cwd=ROOT, env=environment, check=True)


class _Running:
    """A system in a thread of its own, so that its callers may wait for its answers."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), name="system")
        self._settled = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._thread.start()
        self._settled.wait()
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        """End it; a system that has not started ends by itself."""
        if self._loop and self._ended and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    async def _live(self) -> None:
        # The kernel ties the children's life to the thread that starts them, so this one lives until they have ended.
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        try:
            await self.system.start()
            self._settled.set()
            await self._ended.wait()
        except BaseException as failure:
            self._failure = failure
        finally:
            self.system.stop()
            self._settled.set()
