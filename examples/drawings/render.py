"""A sheet as SVG text and as grey pixels; both show the same marks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .curves import Points, normals
from .sheet import Clip, Mark, Paint, Sheet, Stroke

FINE = 4
"""Pixels are drawn this many times finer each way and averaged."""
SHIFT = 4
"""OpenCV takes coordinates as integers with this many bits after the point."""

Grey = NDArray[np.uint8]


def to_svg(sheet: Sheet) -> str:
    """Return the sheet as an SVG file's text."""
    size = f'width="{sheet.width}" height="{sheet.height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'viewBox="0 0 {sheet.width} {sheet.height}">',
        "<!-- Drawn by the inkhue authors, by code. SPDX-License-Identifier: Apache-2.0 -->",
        '<rect width="100%" height="100%" fill="#fff"/>',
        *(_svg_mark(number, mark) for number, mark in enumerate(sheet.marks)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _svg_mark(number: int, mark: Mark) -> str:
    if isinstance(mark, Clip):
        if mark.points is None:
            return "</g>"
        path = f'<clipPath id="c{number}"><path d="{_path(mark.points)}"/></clipPath>'
        return f'{path}<g clip-path="url(#c{number})">'
    if isinstance(mark, Paint):
        return f'<path fill="{_hex(mark.grey)}" d="{_path(mark.points)}"/>'
    thin = f' opacity="{mark.opacity:.2f}"' if mark.opacity < 1 else ""
    if np.ptp(mark.widths) == 0:
        round_pen = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
        pen = f'{round_pen} stroke="{_hex(mark.grey)}" stroke-width="{mark.widths[0]:.1f}"'
        return f'<path {pen}{thin} d="{_path(mark.points, closed=False)}"/>'
    return f'<path{thin} d="{"".join(_path(ring) for ring in _outline(mark))}"/>'


def _hex(grey: int) -> str:
    return f"#{grey:02x}{grey:02x}{grey:02x}"


def _path(points: Points, *, closed: bool = True) -> str:
    """Write relative moves with one decimal, points that do not bend the path left out."""
    kept = cv2.approxPolyDP(points.astype(np.float32)[:, None], 0.12, closed)[:, 0]
    tenths = np.rint(kept * 10).astype(int)
    steps = np.diff(tenths, axis=0)
    first = f"M{tenths[0, 0] / 10:g} {tenths[0, 1] / 10:g}l"
    return first + " ".join(f"{x / 10:g} {y / 10:g}" for x, y in steps) + "z" * closed


def _outline(stroke: Stroke) -> list[Points]:
    """Return the stroke's contour: one ring, or an outer and an inner one when it is closed."""
    half = normals(stroke.points, closed=stroke.closed) * stroke.widths[:, None] / 2
    left, right = stroke.points + half, (stroke.points - half)[::-1]
    return [left, right] if stroke.closed else [np.vstack([left, right])]


def to_pixels(sheet: Sheet) -> Grey:
    """Return the sheet as (H, W) uint8, 255 = paper."""
    page = np.full((sheet.height * FINE, sheet.width * FINE), 255, np.uint8)
    covered: list[tuple[Grey, Points]] = []
    for mark in sheet.marks:
        if isinstance(mark, Stroke):
            _draw_stroke(page, mark)
        elif isinstance(mark, Paint):
            cv2.fillPoly(page, [_fixed(mark.points)], mark.grey, cv2.LINE_8, SHIFT)
        elif mark.points is not None:
            covered.append((page.copy(), mark.points))
        else:
            _restore_outside(page, *covered.pop())
    small = cv2.resize(page, (sheet.width, sheet.height), interpolation=cv2.INTER_AREA)
    return _on_rough_paper(small, sheet.grain)


def _fixed(points: Points) -> NDArray[np.int32]:
    """Page coordinates in OpenCV's fixed point; its pixel centres are whole numbers."""
    return np.rint((points * FINE - 0.5) * (1 << SHIFT)).astype(np.int32)


def _draw_stroke(page: Grey, stroke: Stroke) -> None:
    """Lay the stroke on the page; each part of it darkens the paper once, however it crosses."""
    reach = stroke.widths.max() + 2
    low = np.maximum(np.floor(stroke.points.min(0) - reach), 0).astype(int) * FINE
    high = np.ceil(stroke.points.max(0) + reach).astype(int) * FINE
    part = page[low[1] : max(high[1], 0), low[0] : max(high[0], 0)]
    if not part.size:
        return
    mask = np.zeros(part.shape, np.uint8)
    _draw_chain(mask, stroke, low / FINE)
    cover = mask.astype(np.float32) * (stroke.opacity / 255)
    part[:] = np.rint(part * (1 - cover) + stroke.grey * cover).astype(np.uint8)


def _draw_chain(mask: Grey, stroke: Stroke, origin: Points) -> None:
    """Fill quads between the points and discs on them, so that loops leave no holes."""
    points = stroke.points - origin
    half = normals(points, closed=stroke.closed) * stroke.widths[:, None] / 2
    left, right = _fixed(points + half), _fixed(points - half)
    centres = _fixed(points)
    radii = np.rint(stroke.widths / 2 * FINE * (1 << SHIFT)).astype(int)
    following = np.roll(np.arange(len(points)), -1)
    for a, b in enumerate(following if stroke.closed else following[:-1]):
        quad = np.array([left[a], left[b], right[b], right[a]])
        cv2.fillConvexPoly(mask, quad, 255, cv2.LINE_8, SHIFT)
    for (x, y), radius in zip(centres.tolist(), radii.tolist(), strict=True):
        cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_8, SHIFT)


def _restore_outside(page: Grey, before: Grey, outline: Points) -> None:
    mask = np.zeros(page.shape, np.uint8)
    cv2.fillPoly(mask, [_fixed(outline)], 255, cv2.LINE_8, SHIFT)
    np.copyto(page, before, where=mask == 0)


def _on_rough_paper(picture: Grey, grain: float) -> Grey:
    """Let the paper's tooth show in the strokes, as it does under a pencil."""
    if not grain:
        return picture
    tooth = np.random.default_rng(0).standard_normal(picture.shape).astype(np.float32)
    tooth = np.clip(1 + grain * cv2.GaussianBlur(tooth, (0, 0), 0.7) * 2, 0.2, 1.4)
    ink = (255 - picture.astype(np.float32)) * tooth
    return np.rint(np.clip(255 - ink, 0, 255)).astype(np.uint8)
