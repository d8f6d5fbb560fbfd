"""Colour line drawings from a few dabs of colour."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inkhue.colorizer import Colorizer, Prepared, Result, color
    from inkhue.errors import InkhueError, UsageError
    from inkhue.hints import Hint, Hints
    from inkhue.page import Page, open_page

__all__ = [
    "Colorizer",
    "Hint",
    "Hints",
    "InkhueError",
    "Page",
    "Prepared",
    "Result",
    "UsageError",
    "color",
    "open_page",
]

__version__ = "0.1.0"

_HOMES = {
    "colorizer": ("Colorizer", "Prepared", "Result", "color"),
    "errors": ("InkhueError", "UsageError"),
    "hints": ("Hint", "Hints"),
    "page": ("Page", "open_page"),
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for: `inkhue --help` needs none of them."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"inkhue.{module}"), name)
    raise AttributeError(f"module 'inkhue' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
