"""The modules of `training/` and `bench/`, which are run as scripts and import each other by their bare names."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FOLDERS = tuple(str(ROOT / name) for name in ("training", "bench"))


@contextmanager
def scripts(folder: str) -> Iterator[Callable[[str], Any]]:
    """Give what imports a module of a folder, as its scripts find each other, and forget all of them afterwards."""
    path = [*sys.path]
    sys.path.insert(0, str(ROOT / folder))
    try:
        yield import_module
    finally:
        sys.path[:] = path
        for name, module in [*sys.modules.items()]:
            if str(getattr(module, "__file__", "")).startswith(FOLDERS):
                del sys.modules[name]
