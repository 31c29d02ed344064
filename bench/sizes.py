"""The sizes of the uploads: functions and layers as `make build` leaves them."""

from pathlib import Path

from bench.report import beside, table

ROOT = Path(__file__).parent.parent
BUILT = ROOT / ".aws-sam" / "build"
# Lambda allows 250 MB unzipped for a function and its layers together.
LARGEST_LAYER = 200.0
LARGEST_FUNCTION = 1.0


def run() -> None:
    """Print the sizes, unzipped, the largest first."""
    if not BUILT.is_dir():
        print("\nSizes of functions and layers: not built (make build).")
        return
    # Each stack below the root has a folder, and in it one for each function and layer.
    folders = [folder for folder in sorted(BUILT.glob("*/*")) if folder.is_dir()]
    sizes = sorted(((size_of(folder), folder) for folder in folders), reverse=True)
    layers = [(size, folder) for size, folder in sizes if (folder / "python").is_dir()]
    functions = [(size, folder) for size, folder in sizes if (size, folder) not in layers]
    rows = [_row(size, folder, LARGEST_LAYER) for size, folder in layers]
    rows += [_row(size, folder, LARGEST_FUNCTION) for size, folder in functions[:5]]
    table(
        f"Sizes, unzipped: {len(layers)} layers, and the largest of {len(functions)} functions",
        ["", "MB", "target", ""],
        rows,
    )


def size_of(folder: Path) -> float:
    """Return the total size of a folder's files, in MB."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def _row(size: float, folder: Path, target: float) -> list[str]:
    return [folder.relative_to(BUILT).as_posix(), *beside(size, target)]
