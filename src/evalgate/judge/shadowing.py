"""Modules that lie where a judge's own code finds them before the installed ones of their names."""

from importlib.machinery import all_suffixes
from importlib.util import find_spec
from pathlib import Path


def shadowing(root: Path) -> set[str]:
    """Files at the top of `root` that would be imported in the place of an installed module."""
    suffixes = tuple(all_suffixes())
    found = [path for path in root.glob("*") if path.name.endswith(suffixes)]
    found += root.glob("*/__init__.py")
    return {
        path.relative_to(root).as_posix()
        for path in found
        if _is_installed(path.relative_to(root).parts[0].partition(".")[0], root)
    }


def _is_installed(name: str, root: Path) -> bool:
    try:
        spec = find_spec(name)  # of a name without a dot: nothing is imported
    except ValueError:  # it is imported already, and does not say from where
        return True
    if spec is None:
        return False
    # a project that is installed from where it lies is not its own twin
    return not (spec.origin and Path(spec.origin).resolve().is_relative_to(root.resolve()))
