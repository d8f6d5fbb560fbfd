"""`python -m inkhue`: the command line."""

from __future__ import annotations

from inkhue.cli import main

if __name__ == "__main__":
    main()
