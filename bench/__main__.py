"""`make bench` measures everything, `python -m bench NAME …` only some parts.

The names: starts functions gateway checkout orders queues import system doors sizes.
"""

import argparse
import importlib
import sys
import time
from pathlib import Path

PARTS = ("system", "import", "gateway", "queues", "starts", "functions", "checkout", "orders", "doors", "sizes")


def main() -> None:
    """Measure the named parts, or all of them, and print the results; nothing is asserted."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of: {', '.join(PARTS)}")
    parser.add_argument("--only", default="", metavar="PATH", help="start those functions alone, like sales/store")
    arguments = parser.parse_args()
    chosen = arguments.parts or PARTS
    if unknown := [part for part in chosen if part not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}")
    sys.stdout.reconfigure(line_buffering=True)  # pyright: ignore[reportAttributeAccessIssue]
    sys.path.insert(0, str(Path(__file__).parent.parent / "shared"))
    from bench.machine import busy, describe

    print(f"Measured on\n\n{describe()}")
    began = time.monotonic()
    for part in chosen:
        print(f"\n== {part} (beforehand others kept {busy():.0%} of the processors busy)")
        module = importlib.import_module(f"bench.{'importing' if part == 'import' else part}")
        module.run(*([arguments.only] if part == "starts" else []))
    print(f"\nMeasured in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
