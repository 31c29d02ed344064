"""The stand-ins for outside systems: AWS, Stripe, and the providers that people sign in with.

Each is a child process on a port of its own.
"""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from local.children import Child
from local.mail import MAILS
from local.provider_rules import CLIENT_ID
from local.services import Process, wait
from local.sockets import address_of, listening_socket, port_of

# What docs/deployment.md subscribes a shop's endpoint to at Stripe; anything else would be a job for nothing.
CARD_EVENTS = (
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.refunded",
    "refund.updated",
    "refund.failed",
)

# For a stand-in that only answers on the loopback.
CARD_KEYS = {
    "STRIPE_API_KEY": "sk_test_laptop",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_laptop",
    "STRIPE_WEBHOOK_SECRET": "whsec_laptop",  # (opens nothing but that)  # nosec B105
}
PROVIDER_SECRET = "secret-of-the-laptop"  # noqa: S105  # nosec B105


class Moto(Process):
    """The AWS stand-in: moto's server, which keeps nothing after its end.

    Its sockets listen from `start` to `stop`, also while the process is started again after its death. Callers wait,
    and none of them reaches it before `furnish` has put back what it must hold, through `private_url`.
    """

    name = "AWS stand-in"

    def __init__(self, folder: Path, *, furnish: Callable[[], None] = lambda: None) -> None:
        self._folder = folder
        self._furnish = furnish
        self._private, self._public = listening_socket(), listening_socket()
        self.private_url = address_of(self._private)
        self.url = address_of(self._public)

    def start(self) -> None:
        """Start it, furnish it, and let callers in."""
        # The remains of the previous process go first.
        super().stop()
        log = self._folder / "logs" / "moto.log"
        if self._private.fileno() < 0:
            self._private, self._public = (
                listening_socket(port_of(self.private_url)),
                listening_socket(port_of(self.url)),
            )
        doors = (self._private.fileno(), self._public.fileno())
        command = [sys.executable, "-m", "local.stand_in", *map(str, doors)]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
        self._child = Child(command, log=log, environment=environment, pass_fds=doors, stdin=subprocess.PIPE)
        wait(self._child, self.name, self._answers, log)
        try:
            self._furnish()
        except BaseException:
            # A half-furnished stand-in is no use to anyone, and looks alive.
            self._child.stop()
            raise
        self._child.say(b"open\n")

    def stop(self) -> None:
        """End it; callers are refused from now on."""
        super().stop()
        self._private.close()
        self._public.close()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.private_url}{MAILS}", timeout=0.5):  # noqa: S310  (always http: our own address)
                return True
        except OSError:
            return False


class _StandIn(Process):
    """A stand-in whose socket listens from `start` to `stop`, also while its process starts again after its death."""

    module = ""
    # A page that answers when it runs.
    page = ""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = listening_socket()
        self.url = address_of(self._socket)

    def start(self) -> None:
        """Start it with the state that it had."""
        super().stop()
        if self._socket.fileno() < 0:
            self._socket = listening_socket(port_of(self.url))
        self._folder.mkdir(parents=True, exist_ok=True)
        log = self._folder / "logs" / f"{self.module}.log"
        command = [sys.executable, "-m", f"local.{self.module}", str(self._socket.fileno()), *self._arguments()]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
        self._child = Child(command, log=log, environment=environment, pass_fds=[self._socket.fileno()])
        wait(self._child, self.name, self._answers, log)

    def stop(self) -> None:
        """End it; callers are refused from now on."""
        super().stop()
        self._socket.close()

    def _arguments(self) -> list[str | Path]:
        return []

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/{self.page}", timeout=0.5):  # noqa: S310  (always http: our own address)
                return True
        except OSError:
            return False


class CardStandIn(_StandIn):
    """The Stripe stand-in: localstripe, which keeps its payments in the folder and sends events to a webhook."""

    name = "Stripe stand-in"
    module = "stripe_stand_in"
    page = "js.stripe.com/v3/"

    def __init__(self, folder: Path, *, webhook: str | None = None, events: Sequence[str] = ()) -> None:
        super().__init__(folder)
        self._webhook = webhook
        self._events = events

    def environment(self) -> dict[str, str]:
        """The environment variables of functions that use it: its address and its keys."""
        return CARD_KEYS | {"STRIPE_API_BASE": self.url}

    def _arguments(self) -> list[str | Path]:
        told: list[str | Path] = [self._folder / "stripe"]
        if not self._webhook:
            return told
        return [*told, "--webhook", self._webhook, CARD_KEYS["STRIPE_WEBHOOK_SECRET"], "--events", *self._events]


class ProviderStandIn(_StandIn):
    """The sign-in stand-in: Google and GitHub, for the people of a shop at `shop`."""

    name = "Sign-in stand-in"
    module = "provider_stand_in"

    def __init__(self, folder: Path, *, shop: str) -> None:
        super().__init__(folder)
        self._shop = shop

    def environment(self) -> dict[str, str]:
        """The environment variables of functions that use it: its addresses and the shop's client at both providers."""
        return {
            f"{provider}_{name}": value
            for provider in ("GOOGLE", "GITHUB")
            for name, value in (
                ("CLIENT_ID", CLIENT_ID),
                ("CLIENT_SECRET", PROVIDER_SECRET),
                ("BASE_URL", f"{self.url}/{provider.lower()}"),
            )
        }

    def _arguments(self) -> list[str | Path]:
        return ["--shop", self._shop, "--secret", PROVIDER_SECRET]
