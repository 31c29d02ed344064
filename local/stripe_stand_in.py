"""The Stripe stand-in's process: localstripe behind a door of ours, remembering what it knows in a file."""

import argparse
import asyncio
import contextlib
import logging
import pickle
import socket
from collections.abc import AsyncGenerator
from importlib import import_module
from pathlib import Path
from typing import Any

from aiohttp import web

from local import stripe_cards, stripe_door, stripe_hooks

SAVE_EVERY_SECONDS = 0.2


def main() -> None:
    """Serve on a listening socket until terminated; what was known at the last end is known again."""
    parser = argparse.ArgumentParser(prog="python -m local.stripe_stand_in", description=__doc__)
    parser.add_argument("socket", type=int, help="the descriptor of a listening socket")
    parser.add_argument("memory", type=Path)
    parser.add_argument(
        "--webhook", nargs=2, metavar=("URL", "SECRET"), help="where every event goes, and what it is signed with"
    )
    told = parser.parse_args()
    server: Any = import_module("localstripe.server")
    memory = _Memory(told.memory)
    memory.load()
    if told.webhook:
        import_module("localstripe.webhooks").register_webhook("shop", *told.webhook, None)
    app: web.Application = server.app
    app.middlewares.append(stripe_door.door)
    app.cleanup_ctx.append(memory.kept)
    stripe_door.let_browsers_in()
    stripe_cards.mend()
    stripe_hooks.tell_until_taken()
    logging.basicConfig(level=logging.WARNING)
    web.run_app(app, sock=socket.socket(fileno=told.socket), print=None, access_log=None, shutdown_timeout=1)


class _Memory:
    """localstripe writes everything to one place in /tmp with each change; here it goes to a file of this shop, a few times a second."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._store: Any = import_module("localstripe.resources").store
        self._changed = False
        type(self._store).dump_to_disk = lambda _store: self._note()

    def load(self) -> None:
        """Know again what was kept; a file that can't be read is forgotten."""
        with contextlib.suppress(OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError):
            dict.update(self._store, pickle.loads(self._file.read_bytes()))  # noqa: S301  (our own)

    async def kept(self, _app: web.Application) -> AsyncGenerator[None]:
        """Keep what changes while the application runs, and the last of it when it ends."""
        keeping = asyncio.create_task(self._keep())
        yield
        keeping.cancel()
        self._save()

    def _note(self) -> None:
        self._changed = True

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY_SECONDS)
            self._save()

    def _save(self) -> None:
        if not self._changed:
            return
        self._changed = False
        beside = self._file.with_suffix(".new")
        beside.write_bytes(pickle.dumps(dict(self._store)))
        beside.replace(self._file)


if __name__ == "__main__":
    main()
