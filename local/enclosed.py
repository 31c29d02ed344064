"""What a function's own process runs first: it sets up the boundary, then hands over to Lambda's runtime.

It is run as a file, with the written rights, the function's name and its handler; nothing else of the laptop can be
imported then.
"""

import importlib
import runpy
import sys
from pathlib import Path


def main() -> None:
    """Set up the boundary around the function, and become its runtime."""
    rights, function, handler = sys.argv[1:]
    ours = str(Path(__file__).parent.parent)
    sys.path[0] = ours
    from local.boundary import Boundary
    from local.rights import read

    boundary = Boundary(read(Path(rights)))
    boundary.stand()
    # The folder that is searched for functions first, as if nothing had run before.
    sys.path[0] = str(Path.cwd())
    for name in [name for name in sys.modules if name.partition(".")[0] == "local"]:
        del sys.modules[name]
    _load_what_hands_out_secrets()
    sys.argv[1:] = [handler]
    with boundary.around(function):
        runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)


def _load_what_hands_out_secrets() -> None:
    """Load the modules that the boundary watches; they are loaded when the function begins."""
    try:
        importlib.import_module("ravo.platform.database")
    except ImportError:
        # A function without this layer has no such secrets; one whose layer is incomplete reports that itself.
        return


if __name__ == "__main__":
    main()
