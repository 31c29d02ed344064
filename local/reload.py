"""Live reload: code and templates take effect as they are saved."""

import time

from watchfiles import PythonFilter, awatch

from local.system import System


async def reload_on_change(system: System) -> None:
    """Watch the tree until cancelled."""
    root = system.root
    folders = [root / "functions", root / "shared", root / "template.yaml", root / "stacks"]
    async for changes in awatch(*folders, watch_filter=PythonFilter(extra_extensions=(".yaml",))):
        started = time.monotonic()
        templates = any(path.endswith(".yaml") for _, path in changes)
        try:
            await (system.reload_templates() if templates else system.reload_code())
        except Exception as error:  # the developer will save again; until then the system continues as it was
            print(f"not reloaded: {error}", flush=True)
            continue
        print(f"reloaded in {(time.monotonic() - started) * 1000:.0f} ms", flush=True)
