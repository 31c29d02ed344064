"""A system for the bench in a process of its own, with its owner: `python -m bench.serve PORT STATE`.

`--shop` fills it as `make run` does.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from local.pages import pages
from local.system import System, run_until_signalled

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Start the system, print the environment of its functions, and run until terminated."""
    parser = argparse.ArgumentParser(prog="python -m bench.serve", description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("state", type=Path)
    parser.add_argument("--shop", action="store_true")
    arguments = parser.parse_args()
    system = System(ROOT, port=arguments.port, state=arguments.state, pages=pages)
    environment = system.environment()

    async def started() -> None:
        command = [sys.executable, "-m", "local.seed" if arguments.shop else "local.owner"]
        seeding = environment | {"PYTHONPATH": f"{ROOT / 'shared'}:{ROOT}", "LOG_LEVEL": "WARNING"}
        seeded = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=seeding)
        if await seeded.wait():
            raise RuntimeError("the shop could not be seeded")
        print(json.dumps(environment), flush=True)

    run_until_signalled(system, started)


if __name__ == "__main__":
    main()
