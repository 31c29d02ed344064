"""A system that runs as a process of its own, as `make run` starts it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from local.sockets import free_port

ROOT = Path(__file__).parent.parent.parent
PARTS = ("functions", "shared", "migrations", "layers", "local", "template.yaml", "stacks")
READY = "/api/v1/health/ready"


def copy_of_the_tree(folder: Path) -> Path:
    """Copy what a system is started from, so that a test may change it."""
    folder.mkdir(parents=True)
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part)
        else:
            shutil.copy(ROOT / part, folder / part)
    return folder


def eventually(holds: Callable[[], Any], *, within: float = 120) -> Any:
    """Wait until something is so, and return it. The limit is for what never comes to be so; a busy machine takes its time."""
    deadline = time.monotonic() + within
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)
    return found


class Running:
    """A system, on its own port."""

    def __init__(self, tree: Path, state: Path, *options: str) -> None:
        self.tree, self.state, self.port = tree, state, free_port()
        self.log = Path(f"{state}-{self.port}.log")
        with self.log.open("ab") as log:
            self.process = self.command("run", *options, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def command(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        """Give a command of the laptop cloud, on this system's folders."""
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
        environment |= {"RAVO_PORT": str(self.port), "RAVO_STATE": str(self.state)}
        command = [sys.executable, "-m", "local", *arguments]
        return subprocess.Popen(command, cwd=self.tree, env=environment, **options)

    def told(self, *arguments: str) -> tuple[int, str, str]:
        """Give a command and return how it ended, with what it printed."""
        process = self.command(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate(timeout=120)
        return process.returncode, out.decode(), err.decode()

    def get(self, path: str, method: str = "GET", body: bytes | None = None) -> tuple[int, bytes]:
        """Ask the gateway; status 0 when it does not answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"content-type": "application/json"} if body else {})
            with connection.getresponse() as answer:
                return answer.status, answer.read()
        except (OSError, HTTPException):
            return 0, b""
        finally:
            connection.close()

    def json(self, path: str) -> Any:
        return json.loads(self.get(path)[1])

    def wait_until_it_runs(self) -> None:
        """Wait for the line that says so."""
        eventually(lambda: "Ravo runs" in self.printed() or self.process.poll() is not None, within=240)
        assert self.process.poll() is None, self.printed()

    def printed(self) -> str:
        return self.log.read_text()

    def descendants(self) -> set[int]:
        """Every process below this one, whatever session it is in."""
        children: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
        found: set[int] = set()
        ahead = [self.process.pid]
        while ahead:
            below = children.get(ahead.pop(), [])
            found.update(below)
            ahead += below
        return found

    def child(self, words: str) -> int:
        """The process below this one whose command line has these words, the one started first."""
        matching = [pid for pid in self.descendants() if words in command_line(pid)]
        return min(matching, key=lambda pid: Path(f"/proc/{pid}").stat().st_ctime_ns)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(120)


def command_line(pid: int) -> str:
    """What a process was started with, or nothing when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def alive(pids: set[int]) -> set[int]:
    """Those of the processes that still run; one that has ended but was not buried yet does not."""
    return {pid for pid in pids if command_line(pid)}
