"""The state of the Stripe stand-in, kept in a file: no answered change is lost, however the process ends."""

import asyncio
import contextlib
import pickle  # (reads what it wrote itself)  # nosec B403
from collections.abc import AsyncGenerator
from importlib import import_module
from pathlib import Path
from typing import Any

from aiohttp import web

SAVE_EVERY_SECONDS = 0.2


class Memory:
    """localstripe writes everything to one place in /tmp with each change.

    Here it goes to a file of this shop, before a change is answered.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._store: Any = import_module("localstripe.resources").store
        self._changed = False
        type(self._store).dump_to_disk = lambda _store: self._note()

    def load(self) -> None:
        """Load the state that was kept; a file that can't be read is ignored."""
        with contextlib.suppress(OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError):
            dict.update(self._store, pickle.loads(self._file.read_bytes()))  # noqa: S301  (our own)  # nosec B301

    async def before_an_answer(self, request: web.Request, _answer: web.StreamResponse) -> None:
        """Keep the changes of a request: a shopper who is told that they paid has paid."""
        if request.method != "GET":
            self._save()

    async def kept(self, _app: web.Application) -> AsyncGenerator[None]:
        """Keep changes between requests while the application runs, and the last ones when it ends."""
        keeping = asyncio.create_task(self._keep())
        yield
        keeping.cancel()
        self._save()

    def _note(self) -> None:
        self._changed = True

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY_SECONDS)
            if self._changed:
                self._save()

    def _save(self) -> None:
        self._changed = False
        beside = self._file.with_suffix(".new")
        beside.write_bytes(pickle.dumps(dict(self._store), protocol=pickle.HIGHEST_PROTOCOL))
        beside.replace(self._file)
