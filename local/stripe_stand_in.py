"""The Stripe stand-in's process: localstripe behind a door of ours, with its state and pending events in a file."""

import argparse
import logging
import socket
from importlib import import_module
from pathlib import Path
from typing import Any

from aiohttp import web

from local import stripe_cards, stripe_door, stripe_hooks
from local.stripe_memory import Memory


def main() -> None:
    """Serve on a listening socket until terminated, with the state of the last end."""
    parser = argparse.ArgumentParser(prog="python -m local.stripe_stand_in", description=__doc__)
    parser.add_argument("socket", type=int, help="the descriptor of a listening socket")
    parser.add_argument("memory", type=Path)
    parser.add_argument(
        "--webhook", nargs=2, metavar=("URL", "SECRET"), help="where events go, and what they are signed with"
    )
    parser.add_argument("--events", nargs="*", default=[], help="which types go there; none for all")
    told = parser.parse_args()
    server: Any = import_module("localstripe.server")
    memory = Memory(told.memory)
    memory.load()
    if told.webhook:
        import_module("localstripe.webhooks").register_webhook("shop", *told.webhook, told.events or None)
    app: web.Application = server.app
    app.middlewares.append(stripe_door.door)
    app.on_response_prepare.append(memory.before_an_answer)
    app.cleanup_ctx.append(memory.kept)
    app.on_startup.append(stripe_hooks.go_on_telling)
    stripe_door.let_browsers_in()
    stripe_cards.mend()
    stripe_hooks.tell_until_taken()
    logging.basicConfig(level=logging.WARNING)
    web.run_app(app, sock=socket.socket(fileno=told.socket), print=None, access_log=None, shutdown_timeout=1)


if __name__ == "__main__":
    main()
