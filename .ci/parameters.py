"""The parameters of a root stack: those of its profile, the release, and the outputs of the root stacks below it.

`PYTHONPATH=. python .ci/parameters.py PROFILE ROOT RELEASE` prints them as JSON. It fetches the outputs by the AWS CLI.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from local.intrinsics import load_template
from local.templates import ROOTS, SHARED

ROOT = Path(__file__).parent.parent

# The names of the root stacks, also in the names of their profiles.
NAMES = ("base", "more", "web")


def main() -> None:
    """Print the parameters of a root stack."""
    profile, root, release = sys.argv[1:]
    place = NAMES.index(root)
    profiles = tomllib.loads((ROOT / "samconfig.toml").read_text())
    outputs: dict[str, str] = {}
    for below in NAMES[:place]:
        outputs |= outputs_of(profiles[f"{profile}-{below}"]["deploy"]["parameters"]["stack_name"])
    said: str = profiles[f"{profile}-{root}"]["deploy"]["parameters"]["parameter_overrides"]
    given = dict(pair.split("=", 1) for pair in said.split()) | {"Release": release}
    print(json.dumps(_parameters(load_template(ROOT / ROOTS[place])["Parameters"], given, outputs)))


def _parameters(declared: dict[str, Any], given: dict[str, str], outputs: dict[str, str]) -> dict[str, str]:
    """Return a value for each parameter that has one.

    A parameter without a default is empty if no stack below puts it out.
    """
    needed = {name: "" for name, about in declared.items() if "Default" not in about}
    taken = needed | {name: value for name, value in outputs.items() if name in declared}
    return taken | {name: value for name, value in given.items() if name in declared}


def outputs_of(stack: str) -> dict[str, str]:
    """Return the outputs of a stack for those above it, by the names of their parameters."""
    query = ["--query", "Stacks[0].Outputs", "--output", "json"]
    command = ["aws", "cloudformation", "describe-stacks", "--stack-name", stack, *query]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    shared = {output["OutputKey"]: output.get("OutputValue", "") for output in found or ()}
    return {name.removeprefix(SHARED): value for name, value in shared.items() if name.startswith(SHARED)}


if __name__ == "__main__":
    main()
