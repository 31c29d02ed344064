"""What is built and uploaded: small enough for Lambda, and compiled, which no release goes without."""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from tests.gateway import ROOT
from tests.jobs import cloud

MOST_BYTES = 200 * 1024 * 1024
BUILT = [ROOT / ".aws-sam" / name for name in ("build", "build-more")]
when_built = pytest.mark.skipif(
    not all(folder.exists() for folder in BUILT), reason="`make build` has not been run here"
)


def test_what_the_layer_installs_fits_with_the_code_into_a_function() -> None:
    requirements = (ROOT / "layers" / "dependencies" / "requirements.txt").read_text()
    lines = [line for line in requirements.splitlines() if "==" in line and "win32" not in line]
    names = [line.partition("==")[0].strip() for line in lines]
    installed = sum(_size_of_package(name) for name in names)
    shared = _size_of_folder(ROOT / "shared")
    largest = max(_size_of_folder(code) for code in {each.code for each in cloud().functions.values()})

    assert installed + shared + largest <= MOST_BYTES, f"{(installed + shared + largest) // 2**20} MiB"


@when_built
def test_what_was_built_fits_into_a_function() -> None:
    for built in (folder for root in BUILT for folder in root.iterdir() if folder.is_dir()):
        layers = sum(_size_of_folder(path) for path in built.iterdir() if path.name.endswith("Layer"))
        largest = max(
            _size_of_folder(path) for path in built.iterdir() if path.is_dir() and not path.name.endswith("Layer")
        )
        assert layers + largest <= MOST_BYTES


@when_built
def test_what_was_built_starts_from_bytecode_that_nobody_checks_against_its_source() -> None:
    sources = [path for root in BUILT for path in root.rglob("*.py") if path.is_file()]
    assert sources
    for source in sources:
        bytecode = Path(cache_from_source(str(source)))
        # PEP 552: a pyc's second word says that a hash of its source follows (1), and not that imports check it (2). What
        # unpacks the package may give sources other times than they had.
        assert bytecode.read_bytes()[4:8] == b"\x01\0\0\0", source


def _size_of_package(name: str) -> int:
    from importlib.metadata import distribution

    files = (Path(str(file.locate())) for file in distribution(name.partition("[")[0]).files or [])
    return sum(_size_of(path) for path in files if path.exists())


def _size_of_folder(folder: Path) -> int:
    return sum(_size_of(path) for path in folder.rglob("*") if path.is_file())


def _size_of(path: Path) -> int:
    """The size of a file, a source's with its bytecode."""
    if path.suffix == ".pyc":
        return 0
    bytecode = Path(cache_from_source(str(path))) if path.suffix == ".py" else path
    return path.stat().st_size + (bytecode.stat().st_size if bytecode != path and bytecode.exists() else 0)


def test_the_release_script_and_the_gate_can_be_read_by_the_shell() -> None:
    for script in (".ci/run", ".ci/release"):
        assert subprocess.run(["bash", "-n", ROOT / script], check=False).returncode == 0
        assert os.access(ROOT / script, os.X_OK)


def released(profile: str, root: str, outputs: dict[str, str], folder: Path) -> dict[str, str]:
    """What a root stack is given, where those below it have put something out."""
    listed = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
    cli = folder / "aws"
    cli.write_text(f"#!/bin/sh\necho '{json.dumps(listed)}'\n")
    cli.chmod(0o755)
    environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, ROOT / ".ci" / "parameters.py", profile, root, "abc"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(done.stdout)


def test_a_release_gives_each_root_its_profile_and_what_those_below_it_share(tmp_path: Path) -> None:
    outputs = {"SharedMailFrom": "", "SharedDatabaseHost": "db", "MigrateFunction": "m", "SharedSalesHost": "host"}

    base, more, web = (released("prod", root, outputs, tmp_path) for root in ("base", "more", "web"))

    assert base == {"Environment": "prod", "Size": "large", "Release": "abc"}
    assert (more["MailFrom"], more["DatabaseHost"]) == ("", "db")
    assert (web["Size"], web["SalesHost"]) == ("large", "host")
    assert "MigrateFunction" not in more
    assert "Release" not in more


def test_what_has_no_bytecode_is_not_released(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".aws-sam" / "build").mkdir(parents=True)
    (tmp_path / ".aws-sam" / "build" / "code.py").touch()
    release = Path(shutil.copy(ROOT / ".ci" / "release", tmp_path / ".ci"))

    done = subprocess.run([release, "dev"], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "What is built here has no bytecode: run make build.\n"
