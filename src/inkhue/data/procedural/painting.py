"""Painting parts: one over the other, into planes of labels, ink and shade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.data.procedural.curves import Points, Rng, ellipse, ramp
from inkhue.data.procedural.parts import Part
from inkhue.data.procedural.pens import FINEST, SHIFT, Bytes, plain, stroke
from inkhue.data.procedural.style import Style

NEUTRAL = 128  # of the shade plane: 0 darkest .. 255 a full highlight
Box = tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels


@dataclass(frozen=True, eq=False)
class Clip:
    """Where a part may be painted: `mask` (H, W), 1 = there, its corner at (x, y)."""

    x: int
    y: int
    mask: Bytes

    def cut(self, box: Box) -> Bytes:
        """Return the mask within a box that lies in it."""
        x0, y0, x1, y1 = box
        return self.mask[y0 - self.y : y1 - self.y, x0 - self.x : x1 - self.x]


class Canvas:
    """The planes of a drawing while it is painted, (side, side) each."""

    def __init__(self, side: int, style: Style, rng: Rng) -> None:
        self.side = side
        self.style = style
        self.pen = style.pen.on(side)
        self.rng = rng
        self.labels = np.zeros((side, side), np.uint16)
        self.ink = np.zeros((side, side), np.uint8)
        self.shade = np.full((side, side), NEUTRAL, np.uint8)
        self.blush: Bytes | None = None
        self.colors = [0]  # slot of each label
        self.regions: dict[int, int] = {}  # label of each shared region
        table = NEUTRAL * (1 - np.arange(256) / 255 * style.depth)
        self.darker = np.rint(table).astype(np.uint8)  # shade plane's value for a shadow of 0..255
        self.hatching = self.draw_hatching() if style.hatch or style.tone else self.ink

    def draw_hatching(self) -> Bytes:
        """Return the page full of hatching or dots, 255 = ink."""
        plane = np.zeros((self.side, self.side), np.uint8)
        pitch = max(5.0, self.side * float(self.rng.uniform(0.006, 0.018)))
        angle = float(self.rng.uniform(0, np.pi))
        if self.style.hatch == "lines":
            across = np.array([-np.sin(angle), np.cos(angle)])
            along = np.array([np.cos(angle), np.sin(angle)]) * self.side * 0.75
            rows = np.arange(-0.75 * self.side, 0.75 * self.side, pitch)[:, None, None]
            lines = self.side / 2 + across * rows + (2 * ramp(12)[:, None] - 1) * along
            lines += self.rng.normal(0, 0.08 * pitch, lines.shape)
            plain(plane, list(lines), 0.25 * pitch, 255)
            return plane
        radius = round(pitch * float(self.rng.uniform(0.2, 0.38)) * (1 << SHIFT))
        step = round(pitch)
        tile = np.zeros((2 * step, 2 * step), np.uint8)
        for x, y in ((0, 0), (step, step), (0, 2 * step), (2 * step, 0), (2 * step, 2 * step)):
            cv2.circle(tile, (x << SHIFT, y << SHIFT), radius, (255,), -1, shift=SHIFT)
        times = self.side // (2 * step) + 1
        return np.ascontiguousarray(np.tile(tile, (times, times))[: self.side, : self.side])

    def paint(self, parts: Sequence[Part], clip: Clip | None = None) -> None:
        """Paint parts in their order, within a clip."""
        for part in parts:
            self.paint_part(part, clip)

    def paint_part(self, part: Part, clip: Clip | None) -> None:
        """Paint one part: its colour, what is inside it, its light, its lines."""
        outline = part.outline * self.side
        if part.filling == "none":
            self.outer_lines(part, outline, clip)
            return
        box = self.box_of(outline, 1, clip)
        if box is None:
            return
        mask = filled(outline, box)
        if clip is not None:
            mask &= clip.cut(box)
        x0, y0, x1, y1 = box
        here = mask.view(np.bool_)
        view = np.s_[y0:y1, x0:x1]
        if part.filling == "blush":
            if self.blush is None:
                self.blush = np.zeros_like(self.ink)
            soft = cv2.blur(mask * np.uint8(150), (1 + (x1 - x0) // 3, 1 + (y1 - y0) // 3))
            np.copyto(self.blush[view], soft, where=here)
            return
        np.copyto(self.labels[view], self.label_of(part), where=here)
        np.copyto(self.ink[view], 0, where=here)
        np.copyto(self.shade[view], NEUTRAL, where=here)
        if self.blush is not None:
            np.copyto(self.blush[view], 0, where=here)
        if part.inside:
            self.paint(part.inside, Clip(x0, y0, mask))
        self.light(part, outline, box, here)
        self.cover(part, box, mask)
        self.inner_lines(part, outline, box, mask)
        self.outer_lines(part, outline, clip)

    def box_of(self, outline: Points, margin: float, clip: Clip | None) -> Box | None:
        """Return the pixels that an outline may cover, or None."""
        low = np.floor(outline.min(axis=0) - margin)
        high = np.ceil(outline.max(axis=0) + margin) + 1
        x, y = (0, 0) if clip is None else (clip.x, clip.y)
        height, width = self.ink.shape if clip is None else clip.mask.shape
        x0, y0 = max(x, int(low[0])), max(y, int(low[1]))
        x1, y1 = min(x + width, int(high[0])), min(y + height, int(high[1]))
        return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def label_of(self, part: Part) -> int:
        """Return the label of a part, a new one if its region has none yet."""
        if part.region in self.regions:
            return self.regions[part.region]
        self.colors.append(part.color)
        label = len(self.colors) - 1
        if part.region >= 0:
            self.regions[part.region] = label
        return label

    def light(self, part: Part, outline: Points, box: Box, here: NDArray[np.bool_]) -> None:
        """Shade the side of a part that is turned from the light."""
        style = self.style
        if not part.lit or not (style.depth or style.hatch):
            return
        x0, y0, x1, y1 = box
        size = np.ptp(outline, axis=0)
        toward = np.array(style.light) * size.min() * self.rng.uniform(0.08, 0.3)
        middle = outline.mean(axis=0)
        bright = filled((outline - middle) * 1.03 + middle + toward, box)
        dark = (1 - bright) * np.uint8(255)
        view = np.s_[y0:y1, x0:x1]
        if style.hatch and size.max() > 0.05 * self.side:
            spots = here & (dark > 0) & (self.hatching[view] > 0)
            np.copyto(self.ink[view], round(255 * style.pen.dark), where=spots)
        if style.depth:
            if style.soft:
                reach = 1 + int(style.soft * size.min() * 0.35)
                dark = np.asarray(cv2.blur(dark, (reach, reach)), np.uint8)
            # What is inside may be shaded already.
            shaded = np.minimum(self.shade[view], cv2.LUT(dark, self.darker))
            np.copyto(self.shade[view], shaded, where=here)
        if part.gloss and self.rng.random() < style.gloss:
            spot = middle + np.array(style.light) * size * 0.24
            rx, ry = size * self.rng.uniform(0.05, 0.13, 2)
            shine = filled(ellipse(spot[0], spot[1], rx, ry, float(self.rng.uniform(0, 3))), box)
            np.copyto(self.shade[view], 225, where=here & shine.view(np.bool_))

    def cover(self, part: Part, box: Box, mask: Bytes) -> None:
        """Ink a part solid, or cover it with dots, hatching or short strokes."""
        x0, y0, x1, y1 = box
        style, ink = self.style, self.ink[y0:y1, x0:x1]
        dark = round(255 * style.pen.dark)
        if part.filling == "black":
            if self.rng.random() < style.blacks:
                np.copyto(ink, dark, where=mask.view(np.bool_))
        elif self.rng.random() < style.tone and mask.size < 0.4 * self.ink.size:
            dots = self.hatching[y0:y1, x0:x1] & (mask * np.uint8(255))
            np.maximum(ink, np.minimum(dots, dark), out=ink)
        elif self.rng.random() < style.marks:
            self.mark(box, mask)

    def mark(self, box: Box, mask: Bytes) -> None:
        """Cover a part with short strokes, as for fur, grass or bark."""
        x0, y0, x1, y1 = box
        length = max(4.0, 0.12 * min(x1 - x0, y1 - y0, 0.4 * self.side) * self.rng.uniform(0.5, 2))
        angle = self.rng.uniform(0, np.pi)
        spots = self.rng.uniform((x0, y0), (x1, y1), (int(self.rng.integers(8, 36)), 2))
        angles = angle + self.rng.normal(0, 0.25, len(spots))
        along = length / 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        bend = along[:, ::-1] * (0.3, -0.3)
        paths = np.stack([spots - along, spots + bend, spots + along], axis=1)
        dark = round(255 * self.style.pen.dark)
        view = self.ink[y0:y1, x0:x1]
        fresh = view.copy()
        plain(fresh, list(paths - (x0, y0)), min(0.6 * self.pen.width, 0.2 * length), dark)
        np.copyto(view, fresh, where=mask.view(np.bool_))

    def pressed(self, part: Part, outline: Points) -> tuple[float, int]:
        """Return the width of a part's lines, less for a small one, and their darkness."""
        size = float(np.ptp(outline, axis=0).max())
        fit = min(1.0, max(0.3, size / (self.pen.width * 9))) * part.weight
        share = self.rng.uniform(0.35, 1) if self.style.paint else 1.0
        return max(FINEST, fit * self.pen.width), round(255 * self.pen.dark * share)

    def inner_lines(self, part: Part, outline: Points, box: Box, mask: Bytes) -> None:
        """Draw the lines within a part."""
        kept = [s * self.side for s in part.strokes if self.rng.random() < self.style.details]
        if kept:
            width, dark = self.pressed(part, outline)
            self.clipped(kept, max(FINEST, 0.7 * width), dark, box, mask)

    def outer_lines(self, part: Part, outline: Points, clip: Clip | None) -> None:
        """Draw a part's outline, and its lines that may leave it."""
        width, dark = self.pressed(part, outline)
        paths = [(path * self.side, False) for path in part.over]
        if part.line != "none" and self.rng.random() >= self.style.shy:
            paths.append((outline, part.line == "closed"))
        for path, closed in paths:
            if clip is None:
                stroke(self.ink, path, self.pen, self.rng, width, dark, closed=closed)
                continue
            box = self.box_of(path, 2 * width + self.pen.overshoot + 4, clip)
            if box is not None:
                x0, y0, x1, y1 = box
                view = self.ink[y0:y1, x0:x1]
                fresh = view.copy()
                path = path - (x0, y0)
                stroke(fresh, path, self.pen, self.rng, width, dark, closed=closed)
                np.copyto(view, fresh, where=clip.cut(box).view(np.bool_))

    def clipped(
        self, paths: Sequence[Points], width: float, dark: int, box: Box, mask: Bytes
    ) -> None:
        """Draw strokes without gaps where the mask of a box is 1."""
        x0, y0, x1, y1 = box
        view = self.ink[y0:y1, x0:x1]
        fresh = view.copy()
        for path in paths:
            stroke(fresh, path - (x0, y0), self.pen, self.rng, width, dark, gaps=False)
        np.copyto(view, fresh, where=mask.view(np.bool_))


def filled(outline: Points, box: Box) -> Bytes:
    """Return the pixels of a box that a polygon covers, (H, W), 1 = covered."""
    x0, y0, x1, y1 = box
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    # OpenCV's coordinates mean a pixel's centre.
    fixed = np.rint((outline - (x0 + 0.5, y0 + 0.5)) * (1 << SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [fixed], (1,), shift=SHIFT)
    return mask
