"""Who and what appears on a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from inkhue.data.procedural import (
    animals,
    beasts,
    buildings,
    furniture,
    land,
    people,
    plants,
    signs,
    small_animals,
    things,
    vehicles,
)
from inkhue.data.procedural.curves import Rng, box
from inkhue.data.procedural.parts import Part, Slots, fitted, placed

Maker = Callable[[Rng, Slots], list[Part]]
Area = tuple[float, float, float, float]

PEOPLE: Sequence[Maker] = (people.person, people.person, people.person, people.bust)
BEASTS: Sequence[Maker] = (
    animals.sitting,
    beasts.quadruped,
    small_animals.bird,
    small_animals.fish,
    small_animals.insect,
    small_animals.snail,
    beasts.monster,
)
WALKERS: Sequence[Maker] = (
    people.person,
    people.person,
    people.person,
    animals.sitting,
    beasts.quadruped,
    beasts.quadruped,
    small_animals.bird,
    beasts.monster,
)
PLANTS: Sequence[Maker] = (
    plants.tree,
    plants.tree,
    plants.bush,
    plants.flower,
    plants.mushroom,
    plants.cactus,
    land.rock,
)
HOUSES: Sequence[Maker] = (buildings.house, buildings.house, buildings.tower, buildings.block)
FURNITURE: Sequence[Maker] = (
    furniture.table,
    furniture.chair,
    furniture.chair,
    furniture.shelf,
    things.lamp,
)
VEHICLES: Sequence[Maker] = (vehicles.car, vehicles.boat, vehicles.balloon, vehicles.rocket)
THINGS: Sequence[Maker] = (
    things.vase,
    things.fruit,
    things.fruit,
    things.cup,
    things.bottle,
    things.book,
    things.cake,
    things.lamp,
    things.gift,
    signs.pencil,
    signs.umbrella,
    signs.key,
    signs.clock,
)
SIGNS: Sequence[Maker] = (signs.emblem, signs.heart, land.sun, land.cloud)


def one_of(rng: Rng, slots: Slots, makers: Sequence[Maker], area: Area) -> list[Part]:
    """Return something that one of the makers makes, standing in an area; mirrored or not."""
    made = makers[int(rng.integers(len(makers)))](rng, slots)
    if rng.random() < 0.5:
        made = placed(made, scale=(-1, 1))
    return fitted(made, area)


def subject(rng: Rng, slots: Slots, area: Area) -> list[Part]:
    """Return anything that can be drawn by itself."""
    groups = (PEOPLE, BEASTS, PLANTS, HOUSES, VEHICLES, THINGS, SIGNS, FURNITURE)
    group = groups[int(rng.choice(len(groups), p=[0.34, 0.26, 0.07, 0.06, 0.06, 0.12, 0.06, 0.03]))]
    return one_of(rng, slots, group, area)


def ground(slots: Slots, kind: str) -> Part:
    """Return a colour all over the page."""
    return Part(box(-0.1, -0.1, 1.1, 1.1), slots.slot(kind), line="none", lit=False)
