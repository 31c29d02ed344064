"""The laptop cloud's commands: run, invoke, reset."""

import argparse
import asyncio
import json
import os
import shutil
import sys
import time
from pathlib import Path

from local.seed import OWNER, PASSWORD
from local.system import System, run_until_signalled

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Take a command from the command line."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start the whole system")
    invoke = commands.add_parser("invoke", help="run one function once")
    invoke.add_argument("function")
    invoke.add_argument("--event", type=Path, required=True)
    commands.add_parser("reset", help="forget everything that was stored")
    arguments = parser.parse_args()
    match arguments.command:
        case "run":
            run()
        case "invoke":
            invoke_once(arguments.function, arguments.event)
        case _:
            shutil.rmtree(ROOT / ".local", ignore_errors=True)


def run() -> None:
    """Start everything, make the demo owner, say where things are, and go on until told to end."""
    began = time.monotonic()
    system = System(ROOT, port=int(os.environ.get("RAVO_PORT", "8000")))

    async def started() -> None:
        seeded = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "local.seed",
            cwd=ROOT,
            env=system.environment() | {"PYTHONPATH": f"{ROOT / 'shared'}:{ROOT}", "LOG_LEVEL": "WARNING"},
        )
        if await seeded.wait():
            raise RuntimeError("the demo owner could not be made")
        watching.append(asyncio.create_task(_reload_on_change(system)))
        print(_welcome(system, time.monotonic() - began), flush=True)

    watching: list[asyncio.Task[None]] = []
    run_until_signalled(system, started)


def invoke_once(function: str, event: Path) -> None:
    """Run one function against the services of this checkout, started for the occasion, and print what it returns."""
    system = System(ROOT, port=int(os.environ.get("RAVO_PORT", "8000")))

    async def once() -> int:
        try:
            for service in system.services:
                service.start()
            from local import resources

            resources.make(system.aws, system.cloud)
            await system.pool.start()
            await system.call("Migrate", {})
            outcome = await system.call(function, json.loads(event.read_text()))
            print(system.pool.invocations[-1].log, end="")
            result = outcome.result | {"body": outcome.body.decode()} if outcome.body else outcome.result
            print(json.dumps(result, indent=2) if not outcome.error else outcome.message)
            return 1 if outcome.error else 0
        finally:
            system.stop()

    sys.exit(asyncio.run(once()))


async def _reload_on_change(system: System) -> None:
    from watchfiles import PythonFilter, awatch

    class Watched(PythonFilter):
        def __init__(self) -> None:
            super().__init__(extra_extensions=(".yaml",))

    folders = [ROOT / "functions", ROOT / "shared", ROOT / "template.yaml"]
    async for changes in awatch(*folders, watch_filter=Watched()):
        started = time.monotonic()
        templates = any(path.endswith(".yaml") for _, path in changes)
        try:
            await (system.reload_templates() if templates else system.reload_code())
        except Exception as error:  # whoever is typing will save again; the system goes on as it was
            print(f"not reloaded: {error}", flush=True)
            continue
        print(f"reloaded in {(time.monotonic() - started) * 1000:.0f} ms", flush=True)


def _welcome(system: System, seconds: float) -> str:
    places = {
        "API": f"{system.url}/api/v1",
        "Documentation": f"{system.url}/api/v1/docs",
        "Functions, queues": f"{system.url}/_local",
        "Mail": f"{system.url}/_local/mail",
        "Sign in as": f"{OWNER} / {PASSWORD}",
        "State": str(system.state),
    }
    lines = [f"  {name:<18} {place}" for name, place in places.items()]
    return "\n".join(["", f"Ravo runs ({seconds:.1f} s).", "", *lines, "", "Ctrl-C ends it.", ""])


if __name__ == "__main__":
    main()
