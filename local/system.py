"""The whole system on one machine: started in order, watched, repaired, and ended without leaving anything behind."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO

from local import keys, lock, resources, rights
from local.account import EXECUTION, REGION
from local.arrivals import Arrivals
from local.clock import Clock
from local.cloud import Route
from local.connections import HttpProtocol, Request, Response
from local.gateway import Gateway
from local.invocations import Environments, Outcome
from local.isolated import Isolated
from local.objects import Objects
from local.outside import CARD_EVENTS, CardStandIn, Moto, ProviderStandIn
from local.pollers import Poller
from local.pool import Pool, environments
from local.resources import MAIL_FROM, SECRET, SHOP, STAFF_MAIL, Aws
from local.s3 import S3Door
from local.services import Postgres, Redis, Service
from local.sockets import listening_socket
from local.templates import read_cloud

WATCH_SECONDS = 0.5
# Normally these schedules only look when Valkey says so; after a start they always do.
RECOVERING = ("SweepOutbox", "ResumeImports")
# What a deployment runs first.
MIGRATION = "Migrate"
# The path where the shop receives payment events.
CARD_WEBHOOK = "/api/v1/sales/webhooks/stripe"
_LIMITS = "100000"

# The pages beside the API, by the prefix of their path.
type Pages = Callable[["System"], Mapping[str, Callable[[Request], Awaitable[Response]]]]


class System:
    """Everything that runs. With `isolated` each function has a process of its own, with only its own layers."""

    def __init__(
        self, root: Path, *, port: int, state: Path | None = None, isolated: bool = False, pages: Pages | None = None
    ) -> None:
        self.root = root
        self.port = port
        self.state = state or root / ".local"
        self.cloud = read_cloud(root, SHOP)
        self.objects = Objects(self.state / "objects")
        self.postgres = Postgres(self.state)
        self.redis = Redis(self.state)
        self.moto = Moto(self.state, furnish=self._furnish)
        self.stripe = CardStandIn(self.state, webhook=f"http://127.0.0.1:{port}{CARD_WEBHOOK}", events=CARD_EVENTS)
        self.providers = ProviderStandIn(self.state, shop=self.url)
        self.services: list[Service] = [self.postgres, self.redis, self.moto, self.stripe, self.providers]
        # The kernel ties a child's life to the thread that starts it, so these threads live as long as the system.
        self._starters = ThreadPoolExecutor(len(self.services), thread_name_prefix="starter")
        self.aws = Aws(self.moto.url)
        self.s3 = S3Door(self.aws, self.moto.url, self.objects)
        self._isolated = isolated
        self._rights = self.state / "rights.json"
        variables = self._variables()
        self.pool: Environments = (
            Isolated(self.state, variables, rights=self._rights)
            if isolated
            else Pool(root, variables, size=environments(), rights=self._rights)
        )
        self.clock = Clock(self.call)
        self._arrivals = Arrivals(self.moto.url)
        self.gateway = Gateway(self._on_route)
        self._pages_of = pages or (lambda _: {})
        self._lock: TextIO | None = None
        self.pollers: list[Poller] = []
        self._tasks: list[asyncio.Task[Any]] = []

    @property
    def url(self) -> str:
        """The address of the system."""
        return f"http://localhost:{self.port}"

    def environment(self) -> dict[str, str]:
        """The environment of functions: what the templates declare, with the addresses of a laptop."""
        declared: dict[str, str] = {}
        for function in self.cloud.functions.values():
            declared |= function.environment
        # A secret in the cloud has no value here.
        known = {name: value for name, value in declared.items() if not value.startswith("{{resolve:")}
        return known | self._here() | {"MIGRATIONS_PATH": str(self.root / "migrations")}

    def _variables(self) -> dict[str, str]:
        # An isolated function reads its own variables from the template.
        return self._here() if self._isolated else self.environment()

    def _here(self) -> dict[str, str]:
        private, published = keys.signing_key(self.state, self.root / "shared")
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return inherited | {
            "ENVIRONMENT": "local",
            "DATABASE_URL": self.postgres.url,
            "VALKEY_URL": self.redis.url,
            "SIGNING_KEY": private,
            "VERIFICATION_KEYS": published,
            "SEALING_SECRET": keys.sealing_secret(self.state),
            # The gateway is the front door.
            "ORIGIN_SECRET_ARN": "",  # nosec B105
            "PUBLIC_URL": self.url,
            "MEDIA_URL": f"{self.url}/media",
            "MAIL_FROM": MAIL_FROM,
            "STAFF_MAIL": STAFF_MAIL,
            "RATE_LIMIT_PER_ADDRESS": os.environ.get("RATE_LIMIT_PER_ADDRESS", _LIMITS),
            "RATE_LIMIT_PER_USER": os.environ.get("RATE_LIMIT_PER_USER", _LIMITS),
            "RATE_LIMIT_SEARCHES": os.environ.get("RATE_LIMIT_SEARCHES", _LIMITS),
            "POWERTOOLS_SERVICE_NAME": "ravo",
            "POWERTOOLS_TRACE_DISABLED": "true",
            **self.stripe.environment(),
            **self.providers.environment(),
            "AWS_ENDPOINT_URL": self.moto.url,
            "AWS_ENDPOINT_URL_S3": self.s3.url,
            "AWS_REGION": REGION,
            "AWS_EXECUTION_ENV": EXECUTION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }

    async def start(self) -> None:
        """Start everything; raises `Taken` if another system has the state folder, OSError if the port is taken."""
        self.claim(url=self.url)
        try:
            listening = listening_socket(self.port)
        except OSError:
            raise OSError(f"Somebody else has port {self.port}: set RAVO_PORT to another one.") from None
        try:
            await self.prepare()
        except BaseException:
            listening.close()
            raise
        self._arrivals.start()
        self._serve()
        loop = asyncio.get_running_loop()
        self.gateway.pages |= self._pages_of(self)
        await loop.create_server(lambda: HttpProtocol(self.gateway.answer), sock=listening)
        self._tasks += [asyncio.create_task(self.clock.run()), asyncio.create_task(self._watch())]
        await self.recover()

    def claim(self, **about: str) -> None:
        """Lock the state folder and tell others about this system; raises `Taken` if somebody has it."""
        self._lock = lock.take(self.state, **about)

    async def prepare(self) -> None:
        """Start what a function needs to run, without accepting requests."""
        self.s3.start()
        self.s3.use(self.cloud.buckets)
        self._write_rights()
        starting = {service: asyncio.ensure_future(self._start(service)) for service in self.services}
        # The schema needs no cloud, and furnishing the cloud takes as long as loading the first function.
        migrating = self._migrate([starting[self.postgres], starting[self.redis]])
        for failed in filter(None, await asyncio.gather(*starting.values(), migrating, return_exceptions=True)):
            raise failed

    async def _migrate(self, needed: Sequence[Awaitable[None]]) -> None:
        await asyncio.gather(*needed)
        await self.pool.start()
        migrated = await self.call(MIGRATION, {})
        if migrated.error:
            raise RuntimeError(f"{MIGRATION} failed:\n{migrated.message}")

    def stop(self) -> None:
        """End everything in good order."""
        for task in self._tasks:
            task.cancel()
        self._arrivals.stop()
        for poller in self.pollers:
            poller.stop()
        self.pool.stop()
        self.s3.stop()
        for service in reversed(self.services):
            service.stop()
        self._starters.shutdown(wait=False)
        if self._lock:
            self._lock.close()

    async def call(self, name: str, event: Mapping[str, Any]) -> Outcome:
        """Invoke a function by its name; raises KeyError if there is none."""
        return await self.pool.invoke(self.cloud.functions[name], event)

    async def recover(self) -> bool:
        """Queue again from the database what a queue may have lost; returns whether that was possible."""
        names = [name for name in RECOVERING if name in self.cloud.functions]
        outcomes = [await self.call(name, {"force": True}) for name in names]
        return not any(outcome.error for outcome in outcomes)

    async def reload_code(self) -> None:
        """Make every environment load the code again."""
        await self.pool.renew()

    async def reload_templates(self) -> None:
        """Read the templates again: create new resources, replace routes and pollers."""
        self.cloud = read_cloud(self.root, SHOP)
        self._write_rights()
        await asyncio.to_thread(self._furnish)
        self.s3.use(self.cloud.buckets)
        await self.pool.renew(self._variables())
        self._serve()

    def _write_rights(self) -> None:
        rights.write(self._rights, self.cloud.rights)

    def _furnish(self) -> None:
        resources.make(Aws(self.moto.private_url), self.cloud, self.objects)

    async def _start(self, service: Service) -> None:
        await asyncio.get_running_loop().run_in_executor(self._starters, service.start)

    def _serve(self) -> None:
        self.gateway.use(self.cloud.routes, self.cloud.cors)
        self.clock.schedules = self.cloud.schedules
        for poller in self.pollers:
            poller.stop()
        loop = asyncio.get_running_loop()
        self.pollers = [Poller(self.aws, mapping, self.call, loop, self._arrivals) for mapping in self.cloud.mappings]
        for poller in self.pollers:
            poller.start()

    async def _on_route(self, route: Route, event: dict[str, Any]) -> Outcome:
        return await self.pool.invoke(self.cloud.functions[route.function], event)

    async def _watch(self) -> None:
        """Restart whatever has ended until it runs; then bring back what was lost with it."""
        recovered = True
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            for service in self.services:
                if service.alive:
                    continue
                recovered = False
                print(f"{service.name} ended; starting it again", flush=True)
                try:
                    await self._start(service)
                except Exception as error:  # PostgreSQL, for one, can't start before the last old process is gone
                    print(f"{service.name} is not back yet: {error}", flush=True)
            if not recovered:
                recovered = await self.recover()


def run_until_signalled(system: System, started: Callable[[], Awaitable[None]]) -> None:
    """Start the system, call `started` once it answers, and end it on Ctrl-C or SIGTERM."""
    import uvloop

    async def main() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
        try:
            await system.start()
            await started()
            await ended.wait()
        finally:
            system.stop()

    uvloop.run(main())
