"""Every error that a user can cause: one line that says what, where, and what to do.

InkhueError (exit code 1: it failed)
└── UsageError (exit code 2: what was asked for makes no sense)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InkhueError(Exception):
    """Something a user can mend: what went wrong, where, and what to do, in one line."""

    exit_code = 1


class UsageError(InkhueError):
    """What was asked for makes no sense: an unknown name, a hint outside the page."""

    exit_code = 2


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ", did you mean 'NEAREST'?" or, with nothing near, "; there are: ALL"."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f", did you mean {near[0]!r}?"
    return f"; there are: {', '.join(names)}" if names else "; there are none"
