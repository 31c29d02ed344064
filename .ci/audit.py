"""Checks the locked requirements against published advisories: pip-audit, with any service that answers from here.

A service that does not know a release with long-published flaws does not count: mirrors of the package index answer for
their packages, but not for advisories. If no service answers, nothing was audited, and this is reported. With
`--required`, as in the pipeline, it then fails.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

SERVICES = ("pypi", "osv")
# Many flaws of this release have been published since 2019.
KNOWN_TO_BE_FLAWED = "urllib3==1.24.1"
ACCEPTED = Path(__file__).parent / "accepted-advisories.txt"


def audit(service: str, requirements: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Query one service about pinned requirements, none of them left out."""
    command = [Path(sys.executable).parent / "pip-audit", "--vulnerability-service", service, "--strict", "--no-deps"]
    command += [
        "--disable-pip",
        "--progress-spinner",
        "off",
        "--timeout",
        "10",
        "--requirement",
        requirements,
        *options,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def answers(service: str) -> bool:
    """Whether a service knows the flaws that everybody knows."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(KNOWN_TO_BE_FLAWED)
        file.flush()
        said = audit(service, Path(file.name), "--format", "json").stdout
    try:
        return any(package.get("vulns") for package in json.loads(said)["dependencies"])
    except (ValueError, KeyError, TypeError):
        return False


def accepted() -> list[str]:
    """Return the accepted advisories, each with its reason on its line."""
    lines = [line.split("#") for line in ACCEPTED.read_text().splitlines() if line and not line.startswith("#")]
    if any(len(line) < 2 or not line[1].strip() for line in lines):
        sys.exit(f"{ACCEPTED.name}: an advisory is accepted for a reason: ID  # why")
    return [line[0].strip() for line in lines]


def main() -> None:
    """Audit the requirements in the given file."""
    requirements, required = Path(sys.argv[1]), "--required" in sys.argv[2:]
    ignored = [option for each in accepted() for option in ("--ignore-vuln", each)]
    service = next(filter(answers, SERVICES), None)
    if service is None:
        print("pip-audit: NOT AUDITED. Neither PyPI's advisories nor OSV's can be asked from here.", file=sys.stderr)
        sys.exit(1 if required else 0)
    done = audit(service, requirements, *ignored)
    print(f"pip-audit, asking {service}:\n{done.stdout}{done.stderr}", end="")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
