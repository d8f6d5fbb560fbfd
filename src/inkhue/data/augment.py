"""Augmentation of training pictures: geometry, colours and lines.

All pictures are square crops; every function takes its random generator and changes nothing in
place. The aim: only the hints tell what colour a thing is, and lines come from many hands.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.data.borders import STEP

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

INK = 128  # line art that is darker is ink
CLUSTERS = 6
SMALL_GAP, WIDE_GAP = 1 / 90, 1 / 18  # radius at most, of the picture's height
VIGNETTE_SIDES = (0.7, 0.1, 0.1, 0.1)  # chance that a picture ends below, left, above, right
WHITE_LIGHTNESS, WHITE_CHROMA = 94.0, 6.0  # CIELAB; what counts as paper when colours change


@dataclass(frozen=True)
class Window:
    """A square of a picture, in its pixels, turned or not; parts outside are paper."""

    x: float
    y: float
    side: float
    angle: float
    flip: bool

    def cut(self, picture: Bytes, size: int) -> Bytes:
        """Cut (H, W[, 3]) uint8 to (size, size[, 3]); white outside the picture."""
        # Shrinking by an affine map skips pixels: cut at the picture's scale first, then reduce.
        inner = max(size, round(self.side))
        scale = inner / self.side
        turn = np.asarray(cv2.getRotationMatrix2D((self.x, self.y), self.angle, scale), np.float64)
        turn[:, 2] += inner / 2 - np.array([self.x, self.y])
        if self.flip:
            turn = np.array([[-1, 0, inner], [0, 1, 0]], np.float64) @ np.vstack([turn, [0, 0, 1]])
        turn[:, 2] -= 0.5 - 0.5 * turn[:, :2].sum(axis=1)  # centres of pixels, not corners
        white = (255, 255, 255)
        cut = cv2.warpAffine(picture, turn, (inner, inner), borderValue=white)
        if inner != size:
            cut = cv2.resize(cut, (size, size), interpolation=cv2.INTER_AREA)
        return np.asarray(cut, np.uint8)

    def shows_ink(self, line: Bytes) -> bool:
        """Whether there is ink, in (H, W) uint8, within the square as if it were not turned."""
        half = self.side / 2
        top, left = (max(0, int(middle - half)) for middle in (self.y, self.x))
        seen = line[top : int(self.y + half) + 1, left : int(self.x + half) + 1]
        return bool(seen.size and seen.min() < INK)

    def cut_thin(self, picture: Bytes, size: int) -> Bytes:
        """As `cut`, for thin dark lines of which none may fade where the picture is reduced."""
        width = round(self.side / size)
        if width > 1:
            # One more, so that some pixel is mostly dark wherever the line falls between two.
            square = np.ones((width + 1, width + 1), np.uint8)
            picture = np.asarray(cv2.erode(picture, square), np.uint8)
        return self.cut(picture, size)


def draw_window(
    shape: tuple[int, ...],
    side: float,
    rng: np.random.Generator,
    *,
    whole: float,
    widest: float = 1.3,
) -> Window:
    """Draw a window of 0.6 to `widest` times this side within a picture of shape (H, W, ...).

    A share `whole` of windows hold the whole picture, with some paper around it.
    """
    height, width = shape[:2]
    flip, angle = bool(rng.random() < 0.5), 0.0
    if rng.random() < 0.25:
        angle = float(rng.normal(0, 12))
    if rng.random() < whole:
        side = max(height, width) * rng.uniform(1.0, 1.15)
        return Window(width / 2, height / 2, side, angle, flip)
    side = side * float(np.exp(rng.uniform(np.log(0.6), np.log(widest))))
    x = middle_of(rng, width, side)
    y = middle_of(rng, height, side)
    return Window(x, y, side, angle, flip)


def middle_of(rng: np.random.Generator, length: int, side: float) -> float:
    """Draw the middle of a window along one axis; one wider than the picture is centred."""
    return length / 2 if side >= length else float(rng.uniform(side / 2, length - side / 2))


def recolor(rgb: Bytes, rng: np.random.Generator) -> Bytes:
    """Change a picture's colours: as a whole, or each of its main colours by itself.

    (H, W, 3) uint8 -> the same. Paper mostly stays white; lightness moves less than hue, so that
    shading survives.
    """
    lab = np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    changed = turn_hues(lab, rng) if rng.random() < 0.3 else change_palette(lab, rng)
    back = cv2.cvtColor(changed, cv2.COLOR_LAB2RGB)
    return np.rint(255 * np.clip(back, 0, 1)).astype(np.uint8)


def turn_hues(lab: Floats, rng: np.random.Generator) -> Floats:
    """Turn all hues by one angle and stretch chroma and lightness a little."""
    out = lab.copy()
    out[..., 1:] = lab[..., 1:] @ turning(rng.uniform(0, 2 * np.pi), rng.uniform(0.6, 1.4))
    out[..., 0] = 100 * (lab[..., 0] / 100) ** rng.uniform(0.75, 1.35)
    return out


def change_palette(lab: Floats, rng: np.random.Generator) -> Floats:
    """Give each of the picture's main colours another hue, chroma and lightness."""
    centers, nearest = main_colors(lab, rng)
    shift = np.zeros_like(centers)
    turns = np.tile(np.eye(2, dtype=np.float32), (len(centers), 1, 1))
    for index, center in enumerate(centers):
        chroma = float(np.hypot(center[1], center[2]))
        white = center[0] > WHITE_LIGHTNESS and chroma < WHITE_CHROMA
        if rng.random() < (0.85 if white else 0.15):
            continue
        turns[index] = turning(rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1.5))
        shift[index] = rng.normal(0, (10, 14, 14))
    out = lab + shift[nearest]
    out[..., 1:] = (
        np.einsum("hwc,hwcd->hwd", lab[..., 1:], turns[nearest]) + shift[nearest][..., 1:]
    )
    out[..., 0] = np.clip(out[..., 0], 0, 100)
    return out


def main_colors(lab: Floats, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """Return up to six main colours (K, 3) and the nearest one's index of every pixel (H, W)."""
    pixels = lab.reshape(-1, 3)
    some = pixels[rng.integers(0, len(pixels), 600)]
    cv2.setRNGSeed(int(rng.integers(1 << 30)))
    stop = (cv2.TERM_CRITERIA_MAX_ITER, 6, 0.0)
    labels = np.zeros((len(some), 1), np.int32)
    _, _, found = cv2.kmeans(some, CLUSTERS, labels, stop, 1, cv2.KMEANS_PP_CENTERS)
    centers = np.asarray(found, np.float32)
    distance = (centers**2).sum(axis=1) - 2 * pixels @ centers.T
    return centers, distance.argmin(axis=1).reshape(lab.shape[:2])


def turning(angle: float, stretch: float) -> Floats:
    """Return the 2 x 2 map that turns (a, b) of CIELAB and stretches the chroma."""
    c, s = np.cos(angle), np.sin(angle)
    return (stretch * np.array([[c, s], [-s, c]])).astype(np.float32)


def thicken(line: Bytes, rng: np.random.Generator) -> tuple[Bytes, int]:
    """Draw a line art (H, W) uint8 with a far thicker pen; return it and by how many pixels."""
    more = 2 * int(rng.integers(1, max(2, line.shape[0] // 90)))
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (more + 1, more + 1))
    return np.asarray(cv2.erode(line, pen), np.uint8), more


def redraw_lines(line: Bytes, rng: np.random.Generator, broken: float = 0.3) -> Bytes:
    """Vary a line art (H, W) uint8, 0 = ink: thicker, thinner, broken, fainter, on toned paper.

    A share `broken` gets gaps.
    """
    if rng.random() < 0.35:
        line = change_thickness(line, rng)
    if rng.random() < broken:
        line = break_lines(line, rng)
    ink = 1 - line.astype(np.float32) / 255
    if rng.random() < 0.4:
        ink = ink ** rng.uniform(0.6, 1.4) * rng.uniform(0.45, 1.0)
    if rng.random() < 0.2:
        ink += rng.uniform(0, 0.06) + rng.normal(0, 0.02, ink.shape).astype(np.float32)
    return np.rint(255 * (1 - np.clip(ink, 0, 1))).astype(np.uint8)


def change_thickness(line: Bytes, rng: np.random.Generator) -> Bytes:
    """Make the lines thicker or thinner by about a pixel."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    changed = cv2.erode(line, kernel) if rng.random() < 0.6 else cv2.dilate(line, kernel)
    share = float(rng.uniform(0.4, 1))
    return np.asarray(cv2.addWeighted(changed, share, line, 1 - share, 0), np.uint8)


def break_lines(line: Bytes, rng: np.random.Generator) -> Bytes:
    """Leave gaps in the lines, as a quick hand does: many small ones, or few that are wide."""
    inked = np.flatnonzero(line < INK)
    if not len(inked):
        return line
    out = line.copy()
    most, share = (14, SMALL_GAP) if rng.random() < 0.6 else (5, WIDE_GAP)
    widest = max(3, int(share * line.shape[0]))
    for place in rng.choice(inked, size=int(rng.integers(1, most))):
        y, x = divmod(int(place), line.shape[1])
        cv2.circle(out, (x, y), int(rng.integers(1, widest)), 255, -1)
    return out


def vignette(
    color: Bytes, line: Bytes, borders: Bytes | None, rng: np.random.Generator
) -> tuple[Bytes, Bytes, Bytes | None]:
    """End a picture by a straight cut without a line, as busts end: beyond is bare paper.

    color (S, S, 3), line (S, S), and its borders, see `inkhue.data.borders`: the cut is one where
    anything but white was cut.
    """
    turns = int(rng.choice(4, p=VIGNETTE_SIDES))
    end = int(line.shape[0] * rng.uniform(0.4, 0.9))
    color, line = color.copy(), line.copy()
    borders = None if borders is None else borders.copy()
    for picture in (color, line, borders):
        if picture is not None:
            np.rot90(picture, turns)[end:] = 255  # a view: what it is given is in the picture
    if borders is not None:
        cut = np.rot90(color, turns)[end - 1]
        np.rot90(borders, turns)[end - 1, differs_from_white(cut)] = 0
    return color, line, borders


def differs_from_white(row: Bytes) -> NDArray[np.bool_]:
    """(n, 3) sRGB -> (n,) bool."""
    lab = cv2.cvtColor(row[None].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0]
    return np.asarray(np.linalg.norm(lab - (100, 0, 0), axis=1) > STEP, np.bool_)
