"""Drawings made by code, without end: true regions, true lines, flats and light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.data.procedural.colors import assign, by_kind
from inkhue.data.procedural.pages import draw_page
from inkhue.data.procedural.painting import NEUTRAL, Canvas
from inkhue.data.procedural.parts import count
from inkhue.data.procedural.style import draw_style

SCALE = 2  # drawings are painted larger by this, then reduced


@dataclass(frozen=True, eq=False)
class Drawing:
    """A drawing and its answer, (side, side) each. A region may lie in several pieces."""

    color: NDArray[np.uint8]  # (side, side, 3) sRGB: flats with light, smooth edges, no lines
    flats: NDArray[np.uint8]  # (side, side, 3) sRGB: one colour for each label, edges unsmoothed
    line: NDArray[np.uint8]  # 0 ink .. 255 paper
    labels: NDArray[np.int32]  # region of each pixel, under the lines too; 0 the background


def draw(rng: np.random.Generator, side: int) -> Drawing:
    """Make up a drawing of side x side pixels; the same generator state gives the same pixels."""
    style = draw_style(rng)
    parts, kinds = draw_page(rng)
    canvas = Canvas(side * SCALE, style.for_crowd(count(parts)), rng)
    canvas.paint(parts)
    slots = np.array(canvas.colors)
    slot_colors = assign(kinds, touching(slots[canvas.labels[::4, ::4]], len(kinds)), rng)
    colors = np.zeros((len(slots), 4), np.uint8)
    colors[:, :3] = np.array(slot_colors, np.uint8)[slots]
    flats = colored(canvas.labels[::SCALE, ::SCALE], colors)
    return Drawing(
        color=lit(smoothed(flats, canvas.labels, colors), canvas, side, rng),
        flats=flats,
        line=inked(reduced(canvas.ink, side), style.pen.grain, rng),
        labels=canvas.labels[::SCALE, ::SCALE].astype(np.int32),
    )


def touching(slots: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Return which slots of a picture (H, W) of slots are neighbours, (count, count)."""
    met = np.zeros((count, count), np.bool_)
    for a, b in ((slots[1:], slots[:-1]), (slots[:, 1:], slots[:, :-1])):
        differ = a != b
        met[a[differ], b[differ]] = True
    return met | met.T


def colored(labels: NDArray[np.uint16], colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the colours (H, W, 3) of labels, out of (K, 4) of which the last is not used."""
    packed = colors.view(np.uint32)[:, 0][labels]
    return np.ascontiguousarray(packed.view(np.uint8).reshape(*labels.shape, 4)[..., :3])


def smoothed(
    flats: NDArray[np.uint8], labels: NDArray[np.uint16], colors: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return the flats, each pixel on an edge the mean of the four that were painted there."""
    four = [labels[y::SCALE, x::SCALE] for y in range(SCALE) for x in range(SCALE)]
    edge = (four[0] != four[1]) | (four[0] != four[2]) | (four[0] != four[3])
    sums = sum((colors[part[edge], :3].astype(np.uint16) for part in four), np.uint16(2))
    out = flats.copy()
    out[edge] = sums // 4
    return out


def reduced(plane: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Reduce a plane to the drawing's side."""
    return np.asarray(cv2.resize(plane, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def lit(
    flats: NDArray[np.uint8], canvas: Canvas, side: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Lay shade, highlights and blush over flats (side, side, 3)."""
    color = flats
    if canvas.style.depth:
        shade = cv2.merge([reduced(canvas.shade, side)] * 3)
        level = np.arange(256)[:, None] / NEUTRAL
        tint = rng.uniform(0, 0.35, 3)  # shade is seldom grey
        dark = 1 - np.clip(1 - level, 0, 1) * (1 - tint)
        color = times(color, cv2.LUT(shade, as_table(dark)))
        shine = cv2.LUT(shade, as_table(np.clip(level - 1, 0, 1).repeat(3, axis=1)))
        color = color + times(255 - color, shine)
    if canvas.blush is not None:
        share = cv2.merge([reduced(canvas.blush, side)] * 3)
        tinted = np.zeros_like(color) + np.array(by_kind("blush", rng, 1), np.uint8)
        color = times(color, 255 - share) + times(tinted, share - (share > 0))
    return color


def times(picture: NDArray[np.uint8], share: cv2.typing.MatLike) -> NDArray[np.uint8]:
    """Return a picture times a share of 0 .. 255 in each pixel."""
    return np.asarray(cv2.multiply(picture, share, scale=1 / 255), np.uint8)


def as_table(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return (256, 3) values in [0, 1] as a table for cv2.LUT."""
    return np.rint(255 * values).astype(np.uint8)[None]


def inked(ink: NDArray[np.uint8], grain: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Turn ink into the drawing as it is on white paper; a grainy pen leaves some paper bare."""
    if grain:
        bare = rng.random(ink.shape, np.float32)
        ink = np.rint(ink * (1 - grain * cv2.blur(bare, (2, 2)) ** 2)).astype(np.uint8)
    return 255 - ink
