"""The areas of a drawing, and the promise that hints are obeyed in them."""

from inkhue.regions.areas import Regions, find_regions
from inkhue.regions.detail import surrounded, with_borders
from inkhue.regions.fill import Spread, spread, spread_planes
from inkhue.regions.guarantee import obey, softened
from inkhue.regions.lend import borrow
from inkhue.regions.rooms import rooms, tinted

__all__ = [
    "Regions",
    "Spread",
    "borrow",
    "find_regions",
    "obey",
    "rooms",
    "softened",
    "spread",
    "spread_planes",
    "surrounded",
    "tinted",
    "with_borders",
]
