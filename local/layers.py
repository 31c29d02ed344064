"""What a function finds in the cloud, laid out on this machine: its layers below /opt, and Lambda's own runtime."""

import hashlib
import shutil
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from local.cloud import Layer

RUNTIME = "awslambdaric"


def opt_folder(folder: Path, layers: Iterable[Layer]) -> Path:
    """Lay out layers as Lambda does below /opt, as links; of this machine's packages only those that a layer lists."""
    layers = list(layers)
    name = hashlib.blake2b("|".join(layer.name for layer in layers).encode(), digest_size=8).hexdigest()
    opt = _emptied(folder / f"opt-{name}")
    packages = opt / "python"
    packages.mkdir()
    for layer in layers:
        listed = layer.folder / "requirements.txt"
        if listed.exists():
            for line in listed.read_text().splitlines():
                _link_requirement(line, packages)
        for content in layer.folder.iterdir():
            if content.name not in ("requirements.txt", "__pycache__"):
                _link(content, packages if layer.built else opt)
    return opt


def runtime_folder(folder: Path) -> Path:
    """Lay out what Lambda's Python runtime contains itself: its client, and what that needs."""
    runtime = _emptied(folder / "runtime")
    for requirement in [RUNTIME, *(distribution(RUNTIME).requires or [])]:
        _link_requirement(requirement, runtime)
    return runtime


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _link_requirement(line: str, folder: Path) -> None:
    if not line.strip() or line.lstrip().startswith("#"):
        return
    requirement = Requirement(line)
    if requirement.marker and not requirement.marker.evaluate():
        return
    found = distribution(requirement.name)
    tops = {file.parts[0] for file in found.files or ()}
    for top in tops - {"..", "__pycache__"}:
        _link(Path(str(found.locate_file(top))), folder)


def _link(content: Path, folder: Path) -> None:
    place = folder / content.name
    # If layers have the same name in them, Lambda takes that of the later layer.
    place.unlink(missing_ok=True)
    place.symlink_to(content.resolve())
