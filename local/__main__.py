"""The laptop cloud's commands: run, invoke, reset."""

import argparse
import asyncio
import json
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from local import lock
from local.children import before_exec
from local.connections import Request, Response
from local.owner import OWNER, PASSWORD
from local.pages import pages, said
from local.reload import reload_on_change
from local.sockets import socket_folder
from local.system import System, run_until_signalled

ROOT = Path(__file__).parent.parent
STATE = Path(os.environ.get("RAVO_STATE", ROOT / ".local")).absolute()
PORT = int(os.environ.get("RAVO_PORT", "8000"))
READY = "/api/v1/health/ready"


def main() -> None:
    """Run the command of the command line."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("run", help="start the whole system")
    start.add_argument(
        "--isolated", action="store_true", help="each function in its own process, under the Lambda Runtime API"
    )
    invoke = commands.add_parser("invoke", help="run one function once, in the system that runs here or without one")
    invoke.add_argument("function")
    invoke.add_argument("--event", type=Path, required=True)
    commands.add_parser("reset", help="forget everything that was stored")
    arguments = parser.parse_args()
    try:
        match arguments.command:
            case "run":
                run(isolated=arguments.isolated)
            case "invoke":
                sys.exit(invoke_once(arguments.function, json.loads(arguments.event.read_text())))
            case _:
                reset()
    except lock.Taken as taken:
        sys.exit(f"Only one at a time: {taken}. End it first, or set RAVO_STATE to another folder.")
    except (OSError, RuntimeError, ValueError) as error:
        sys.exit(f"{error}")


def run(*, isolated: bool) -> None:
    """Start everything, create the demo owner, print the addresses, and run until terminated."""
    began = time.monotonic()
    system = System(ROOT, port=PORT, state=STATE, isolated=isolated, pages=pages)
    watching: list[asyncio.Task[None]] = []

    seeded = STATE / "seeded"
    if not seeded.exists():
        # People who start the system want to sign in and find a shop.
        system.gateway.pages[READY] = _not_yet

    async def started() -> None:
        await _seed(system)
        seeded.touch()
        system.gateway.pages.pop(READY, None)
        watching.append(asyncio.create_task(reload_on_change(system)))
        print(_welcome(system, time.monotonic() - began), flush=True)

    run_until_signalled(system, started)


def invoke_once(function: str, event: Any) -> int:
    """Run one function, in the running system or without one, and print what it returns; return 1 if it fails."""
    try:
        return asyncio.run(_invoke_alone(function, event))
    except lock.Taken as taken:
        url = taken.holder.get("url")
        if not url:
            raise
        print(f"In the system that runs at {url} (process {taken.holder.get('pid')}).", file=sys.stderr)
        return _print(_invoke_there(url, function, event))


def reset() -> None:
    """Delete all state, unless a system uses it."""
    lock.take(STATE).close()
    shutil.rmtree(STATE)
    shutil.rmtree(socket_folder(STATE), ignore_errors=True)


async def _not_yet(_request: Request) -> Response:
    error = {"code": "UPSTREAM_UNAVAILABLE", "message": "The demo shop is being made.", "details": list[str]()}
    said = json.dumps({"success": False, "error": error}).encode()
    return Response(503, said, [("content-type", "application/json"), ("retry-after", "1")])


async def _seed(system: System) -> None:
    seeded = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.seed"),
        cwd=ROOT,
        env=system.environment() | {"PYTHONPATH": f"{ROOT / 'shared'}:{ROOT}", "LOG_LEVEL": "WARNING"},
        preexec_fn=before_exec(),
    )
    if await seeded.wait():
        raise RuntimeError("the demo shop could not be made")


async def _invoke_alone(function: str, event: Any) -> int:
    system = System(ROOT, port=PORT, state=STATE)
    system.claim()
    try:
        _known(function, system.cloud.functions)
        await system.prepare()
        return _print(said(await system.call(function, event)))
    finally:
        system.stop()


def _invoke_there(url: str, function: str, event: Any) -> dict[str, Any]:
    request = urllib.request.Request(f"{url}/_local/invoke/{function}", json.dumps(event).encode(), method="POST")  # noqa: S310  (our own)
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310  (our own)
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            raise ValueError(json.load(refused)["message"]) from None


def _known(function: str, functions: dict[str, Any]) -> None:
    if function not in functions:
        raise ValueError(f"There is no function {function}")


def _print(said: dict[str, Any]) -> int:
    print(said["log"], end="", file=sys.stderr)
    if "error" in said:
        print(said["error"], file=sys.stderr)
        return 1
    print(json.dumps(said["result"], indent=2))
    return 0


def _welcome(system: System, seconds: float) -> str:
    places = {
        "API": f"{system.url}/api/v1",
        "Documentation": f"{system.url}/api/v1/docs",
        "Functions, queues": f"{system.url}/_local",
        "Mail": f"{system.url}/_local/mail",
        "Stripe stand-in": system.stripe.url,
        "Sign in as": f"{OWNER} / {PASSWORD}",
        "State": str(system.state),
    }
    lines = [f"  {name:<18} {place}" for name, place in places.items()]
    return "\n".join(["", f"Ravo runs ({seconds:.1f} s).", "", *lines, "", "Ctrl-C ends it.", ""])


if __name__ == "__main__":
    main()
