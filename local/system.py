"""The whole system on one machine: started in order, watched, mended, and ended without a trace."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local import keys, pages, resources
from local.clock import Clock
from local.gateway import Gateway, HttpProtocol
from local.intrinsics import REGION
from local.pollers import Poller
from local.pool import Outcome, Pool, environments
from local.resources import Aws
from local.services import Moto, Postgres, Redis, Service, free_port
from local.templates import Route, read_cloud

WATCH_SECONDS = 0.5
# What schedules look for by themselves only when Valkey says so is looked for regardless after a start.
RECOVERING = ("SweepOutbox", "ResumeImports")
# What a deployment runs before anything else.
MIGRATION = "Migrate"
_LIMITS = "100000"


class System:
    """Everything that runs."""

    def __init__(self, root: Path, *, port: int, state: Path | None = None) -> None:
        self.root = root
        self.port = port
        self.state = state or root / ".local"
        self.cloud = read_cloud(root)
        self.postgres = Postgres(self.state)
        self.redis = Redis(self.state)
        self.moto = Moto(self.state, port=free_port())
        self.services: list[Service] = [self.postgres, self.redis, self.moto]
        self.aws = Aws(self.moto.url)
        self.pool = Pool(root, self.environment(), size=environments())
        self.clock = Clock(self.call)
        self.gateway = Gateway(self._on_route)
        self._pollers: list[Poller] = []
        self._tasks: list[asyncio.Task[Any]] = []

    @property
    def url(self) -> str:
        """Where the system answers."""
        return f"http://localhost:{self.port}"

    def environment(self) -> dict[str, str]:
        """What functions read: what the templates declare, but for what is another place on a laptop."""
        private, published = keys.signing_key(self.state, self.root / "shared")
        declared: dict[str, str] = {}
        for function in self.cloud.functions.values():
            declared |= function.environment
        here = {
            "ENVIRONMENT": "local",
            "DATABASE_URL": self.postgres.url,
            "VALKEY_URL": self.redis.url,
            "SIGNING_KEY": private,
            "VERIFICATION_KEYS": published,
            "PUBLIC_URL": self.url,
            "MEDIA_URL": f"{self.url}/media",
            "MIGRATIONS_PATH": str(self.root / "migrations"),
            "RATE_LIMIT_PER_ADDRESS": os.environ.get("RATE_LIMIT_PER_ADDRESS", _LIMITS),
            "RATE_LIMIT_PER_USER": os.environ.get("RATE_LIMIT_PER_USER", _LIMITS),
            "POWERTOOLS_SERVICE_NAME": "ravo",
            "POWERTOOLS_TRACE_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.moto.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        # A secret of the cloud has no value here.
        return inherited | {k: v for k, v in declared.items() if not v.startswith("{{resolve:")} | here

    async def start(self) -> None:
        """Start everything; the gateway opens last."""
        for service in self.services:
            service.start()
        resources.make(self.aws, self.cloud)
        await self.pool.start()
        migrated = await self.call(MIGRATION, {})
        if migrated.error:
            raise RuntimeError(f"{MIGRATION} failed:\n{migrated.message}")
        self._serve()
        loop = asyncio.get_running_loop()
        self.gateway.pages |= pages.pages(self)
        await loop.create_server(lambda: HttpProtocol(self.gateway.answer), "127.0.0.1", self.port)
        self._tasks += [asyncio.create_task(self.clock.run()), asyncio.create_task(self._watch())]
        await self.recover()

    def stop(self) -> None:
        """End everything in good order."""
        for task in self._tasks:
            task.cancel()
        for poller in self._pollers:
            poller.stop()
        self.pool.stop()
        for service in reversed(self.services):
            service.stop()

    async def call(self, name: str, event: Mapping[str, Any]) -> Outcome:
        """Invoke a function by its name; raises KeyError for one that there is not."""
        return await self.pool.invoke(self.cloud.functions[name], event)

    async def recover(self) -> None:
        """Bring back from the database what a queue may have forgotten."""
        for name in RECOVERING:
            if name in self.cloud.functions:
                await self.call(name, {"force": True})

    async def reload_code(self) -> None:
        """Let every environment load the code anew."""
        await self.pool.renew()

    async def reload_templates(self) -> None:
        """Read the templates again: further resources are made, routes and pollers replaced."""
        self.cloud = read_cloud(self.root)
        resources.make(self.aws, self.cloud)
        await self.pool.renew(self.environment())
        self._serve()

    def _serve(self) -> None:
        self.gateway.use(self.cloud.routes, self.cloud.cors)
        self.clock.schedules = self.cloud.schedules
        for poller in self._pollers:
            poller.stop()
        loop = asyncio.get_running_loop()
        self._pollers = [Poller(self.aws, mapping, self.call, loop) for mapping in self.cloud.mappings]
        for poller in self._pollers:
            poller.start()

    async def _on_route(self, route: Route, event: dict[str, Any]) -> Outcome:
        return await self.pool.invoke(self.cloud.functions[route.function], event)

    async def _watch(self) -> None:
        """Start again whatever ended; the stand-in remembers nothing, so its resources are made anew."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            for service in self.services:
                if service.alive:
                    continue
                print(f"{service.name} ended; starting it again", flush=True)
                # Here and not in a thread: the kernel ties the child's life to the thread that starts it.
                service.start()
                if service is self.moto:
                    resources.make(self.aws, self.cloud)
                await self.recover()


def run_until_signalled(system: System, started: Any) -> None:
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
