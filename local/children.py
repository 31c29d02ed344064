"""Child processes that never outlive their parent, however it ends."""

import ctypes
import os
import platform
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
# Inside its own user namespace PostgreSQL sees this user, and not the root that it refuses to run as.
_ORDINARY_USER = 1000


class Child:
    """A child process. On Linux the kernel ends it when this process dies; `stop` ends it in good order."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        unprivileged: bool = False,
        end_signal: signal.Signals = signal.SIGTERM,
        pass_fds: Sequence[int] = (),
        stdin: int = subprocess.DEVNULL,
    ) -> None:
        self._end_signal = end_signal
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=stdin,
                pass_fds=pass_fds,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment) if environment is not None else None,
                # Only the child itself can tie its life to ours, and only before it executes its program.
                preexec_fn=before_exec(end_signal, unprivileged=unprivileged),  # noqa: PLW1509
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Whether the process is running."""
        return self.process.poll() is None

    def say(self, line: bytes) -> None:
        """Write to its standard input, which must have been opened."""
        assert self.process.stdin
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def stop(self, patience: float = 10.0) -> None:
        """Terminate the process, and kill it if it does not end."""
        if self.alive:
            self.process.send_signal(self._end_signal)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()


def run_unprivileged(command: Sequence[str | Path]) -> None:
    """Run a command to its end, not as root; raises `CalledProcessError` with its output."""
    done = subprocess.run(
        [str(part) for part in command],
        preexec_fn=before_exec(unprivileged=True),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{done.stdout}\n{done.stderr}")


def before_exec(end_signal: signal.Signals = signal.SIGTERM, *, unprivileged: bool = False) -> Callable[[], None]:
    """Return what a child does before it becomes its program: drop root if wanted, and tie its life to ours."""
    libc = ctypes.CDLL(None) if platform.system() == "Linux" else None
    needs_namespace = unprivileged and os.getuid() == 0

    def prepare() -> None:
        if needs_namespace:
            _become_ordinary()
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, int(end_signal))

    return prepare


def _become_ordinary() -> None:
    """Enter a user namespace in which root's files belong to an ordinary user."""
    user, group = os.getuid(), os.getgid()
    os.unshare(os.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_ORDINARY_USER} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{_ORDINARY_USER} {group} 1")
