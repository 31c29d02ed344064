"""A whole system to send requests to, in a process of its own that ends after the block."""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.machine import resident
from local.children import Child
from local.demo.client import Shop
from local.owner import OWNER, PASSWORD
from local.sockets import free_port

ROOT = Path(__file__).parent.parent
STARTED_WITHIN_SECONDS = 60.0


@dataclass(frozen=True)
class Served:
    """A running system.

    `environment` is that of its functions. The system `answered`, and was `ready` with its shop seeded, after these
    seconds.
    """

    url: str
    environment: dict[str, str]
    answered: float
    ready: float
    pid: int = 0

    def shop(self) -> Shop:
        """Return a client of the shop, signed in as its owner."""
        shop = Shop(self.url)
        shop.sign_in(OWNER, PASSWORD)
        return shop

    def workers(self) -> list[int]:
        """Return the processes that run functions."""
        return json.loads(Shop(self.url).send("GET", f"{self.url}/_local/state.json").body)["environments"]

    def memory(self) -> list[float]:
        """Return the memory of each of them, in MB."""
        return [resident(pid) for pid in self.workers()]


@contextmanager
def throwaway_folder() -> Generator[Path]:
    """Provide a temporary folder for the length of the block."""
    folder = Path(tempfile.mkdtemp(prefix="ravo-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def served(state: Path, *, shop: bool = False) -> Generator[Served]:
    """Start a system on this state with its catalogue, or with the demo `shop` if it is empty."""
    port, log = free_port(), state / "logs" / "bench.log"
    command = [sys.executable, "-m", "bench.serve", str(port), str(state), *(["--shop"] if shop else [])]
    state.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    began = time.monotonic()
    child = Child(command, log=log)
    try:
        url = f"http://localhost:{port}"
        answered = _wait(child, began, lambda: _answers(url), log)
        ready = _wait(child, began, lambda: _environment(log) is not None, log)
        yield Served(url, _environment(log) or {}, answered, ready, child.process.pid)
    finally:
        child.stop(patience=30)


def _wait(child: Child, began: float, done: Callable[[], bool], log: Path) -> float:
    while not done():
        if not child.alive or time.monotonic() - began > STARTED_WITHIN_SECONDS:
            raise RuntimeError(f"the system did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)
    return time.monotonic() - began


def _answers(url: str) -> bool:
    try:
        return Shop(url).send("GET", f"{url}/api/v1/health/ready").status == 200
    except OSError:
        return False


def _environment(log: Path) -> dict[str, str] | None:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.startswith('{"')]
    return json.loads(lines[-1]) if lines else None
