"""Pip the robot, who plays in the comic; (0, 0) is the ground between the feet, 300 units high."""

from __future__ import annotations

from dataclasses import dataclass

from .curves import ellipse, mapped, normals, ribbon, trace
from .sheet import Sheet

LEFT_SHOULDER, RIGHT_SHOULDER = "-64,-150", "64,-150"


@dataclass(frozen=True)
class Pose:
    """Arms as points from shoulder to hand, feet by how far they step, and the face."""

    left: str = "-92,-110 -100,-70"
    right: str = "92,-110 100,-70"
    step: float = 0
    tilt: float = 0
    face: str = "happy"


def robot(s: Sheet, pose: Pose) -> None:
    """Draw the whole figure."""
    _legs(s, pose.step)
    _body(s)
    arm(s, f"{LEFT_SHOULDER} {pose.left}")
    arm(s, f"{RIGHT_SHOULDER} {pose.right}")
    with s.placed(0, -182, 1, pose.tilt):
        head(s, pose.face)


def arm(s: Sheet, path: str) -> None:
    """Draw a ribbed hose that ends in a round hand."""
    points = trace(path)
    s.shape(ribbon(points, 12), 4)
    side = normals(points) * 12
    for k in range(6, len(points) - 3, 6):
        a, b = points[k] + side[k], points[k] - side[k]
        s.line(f"{a[0]},{a[1]} {b[0]},{b[1]}", 2.4, "none")
    x, y = points[-1]
    s.shape(ellipse(x, y, 21, 20), 4.2)
    s.line(ellipse(x, y, 11, 11, 0, 20, 170), 2.6)


def _legs(s: Sheet, step: float) -> None:
    for side in (-1, 1):
        x, foot = 32 * side, 32 * side + step * side
        lift = 14 if step and side > 0 else 0
        s.shape(ribbon(f"{x},-80 {(x + foot) / 2},-50 {foot},{-22 - lift}", 13), 4)
        for t in (0.35, 0.6):
            mid, y = x + (foot - x) * t, -80 + (58 - lift) * t
            s.line(f"{mid - 13},{y} {mid + 13},{y + 2}", 2.4, "none")
        turn = 14 if lift else 0
        with s.placed(foot, -lift, 1, -turn):
            s.shape("*-32,0 -32,-18 -14,-32 12,-32 34,-18 *36,0", 4.6)
            s.line("-32,-9 0,-10 35,-9", 2.6, "none")


def _body(s: Sheet) -> None:
    s.shape("-58,-182 58,-182 74,-166 72,-90 56,-70 -56,-70 -72,-90 -74,-166", 5)
    s.shape("-38,-160 38,-160 44,-152 42,-104 36,-98 -36,-98 -42,-104 -44,-152", 3.2)
    s.shape("*0,-108 -22,-130 -18,-146 -8,-148 *0,-138 8,-148 18,-146 22,-130", 3)
    for x in (-56, 56):
        s.shape(ellipse(x, -86, 4.5, 4.5), 2)
    s.shape("*-24,-196 *24,-196 *24,-178 *-24,-178", 3.6)


def head(s: Sheet, face: str) -> None:
    """Draw the head on its own, (0, 0) the neck."""
    s.line("0,-122 4,-140 0,-156", 4.4, "none")
    s.shape(ellipse(0, -166, 13, 13), 4)
    s.line(ellipse(-1, -167, 7, 7, 0, 190, 270), 2.2)
    for side in (-1, 1):
        s.shape(mapped("*80,-84 96,-86 104,-62 96,-38 *80,-40", side, 1), 4.2)
    s.shape("-70,-122 70,-122 92,-104 94,-24 74,-6 -74,-6 -94,-24 -92,-104", 5)
    s.shape("-60,-106 60,-106 76,-94 78,-34 64,-20 -64,-20 -78,-34 -76,-94", 3.6)
    _FACES[face](s)


def _happy(s: Sheet) -> None:
    for x in (-36, 36):
        s.shape(ellipse(x, -68, 17, 21), 3.4)
        s.fill(ellipse(x + 2, -65, 10, 14), 0)
        s.fill(ellipse(x - 2, -71, 4.5, 5))
    s.shape("*-22,-46 0,-42 *22,-46 14,-30 0,-26 -14,-30", 3)
    for x in (-62, 62):
        s.line(f"{x - 6},-42 {x + 6},-44", 2.4)


def _sad(s: Sheet) -> None:
    for x in (-36, 36):
        s.shape(ellipse(x, -62, 17, 19), 3.4)
        s.fill(ellipse(x - 6, -56, 9, 11), 0)
        s.fill(ellipse(x - 9, -61, 4, 4))
        s.line(mapped("16,-96 36,-92 54,-82", 1 if x > 0 else -1, 1), 4)
    s.line("-16,-32 0,-40 16,-32", 3.6)


def _wow(s: Sheet) -> None:
    for x in (-36, 36):
        s.shape(ellipse(x, -68, 24, 27), 3.6)
        s.fill(ellipse(x, -66, 12, 15), 0)
        s.fill(ellipse(x - 4, -73, 5.5, 6))
        s.line(ellipse(x, -70, 26, 30, 0, 235, 305), 2.6)
    s.shape(ellipse(0, -34, 9, 11), 3)


def _joy(s: Sheet) -> None:
    for x in (-36, 36):
        s.line(f"{x - 20},-56 {x - 12},-76 {x},-82 {x + 12},-76 {x + 20},-56", 6)
    s.shape("*-28,-48 0,-44 *28,-48 18,-28 0,-23 -18,-28", 3.2)
    s.line("-15,-29 0,-36 15,-29", 2.2, "none")


_FACES = {"happy": _happy, "sad": _sad, "wow": _wow, "joy": _joy}
