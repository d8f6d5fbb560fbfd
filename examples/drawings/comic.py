"""A page about Pip the robot and a thirsty flower."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .curves import ellipse, mapped, ribbon
from .flora import leaf
from .lettering import balloon, caption, effect
from .robot import Pose, arm, head, robot
from .scenery import cloud
from .sheet import Sheet


def draw() -> Sheet:
    """Draw the picture."""
    s = Sheet(1200, 1700, seed=3)
    with _panel(s, 40, 40, 1120, 430):
        _morning(s)
    with _panel(s, 40, 492, 550, 390):
        _thirsty(s)
    with _panel(s, 612, 492, 548, 390):
        _watering(s)
    with _panel(s, 40, 904, 400, 360):
        _rumble(s)
    with _panel(s, 462, 904, 698, 360):
        _growing(s)
    with _panel(s, 40, 1286, 1120, 374):
        _above_the_clouds(s)
    return s


@contextmanager
def _panel(s: Sheet, x: float, y: float, wide: float, tall: float) -> Iterator[None]:
    """Draw in a frame; (0, 0) is its top left corner."""
    frame = f"*0,0 *{wide},0 *{wide},{tall} *0,{tall}"
    with s.placed(x, y):
        with s.inside(frame):
            yield
        s.line(frame + " *0,0 6,0", 6.5, "none")


def _morning(s: Sheet) -> None:
    s.shape(ellipse(900, 96, 54, 54), 4)
    for k in range(12):
        with s.placed(900, 96, 1, 30 * k + 10):
            s.line("68,0 80,1 94,0", 3.2)
    cloud(s, 690, 70, 0.7)
    cloud(s, 1080, 178, 0.6)
    s.shape("*-20,300 120,220 260,200 420,250 560,290 *700,310 *700,460 *-20,460", 4)
    s.shape("*480,320 640,250 800,230 960,270 1060,262 *1140,230 *1140,460 *480,460", 4)
    s.shape("*-20,356 200,330 460,340 700,356 900,340 *1140,350 *1140,460 *-20,460", 4.4)
    for x, y in ((90, 390), (480, 400), (700, 396), (1060, 390)):
        _grass(s, x, y)
    with s.placed(300, 410, 0.86, weight=0.92):
        robot(s, Pose(left="-100,-180 -130,-222", right="104,-124 128,-104", step=18, tilt=-4))
        _can(s, 128, -100, 0.8, 0)
    with s.placed(900, 400, 0.62, weight=0.8):
        _wilted(s)
    caption(s, 16, 16, "ONE MORNING PIP THE ROBOT/WENT OUT FOR A WALK.")
    balloon(s, 590, 190, "WHAT A/LOVELY DAY!", (396, 236))


def _thirsty(s: Sheet) -> None:
    s.line("-10,250 140,226 330,232 560,214", 3.4, "none")
    s.shape("*-10,322 150,304 340,316 *560,306 *560,400 *-10,400", 4.4)
    with s.placed(126, 352, 1.16):
        _wilted(s)
    with s.placed(420, 470, 1.08):
        robot(s, Pose(left="-112,-130 -150,-160", right="96,-110 90,-70", tilt=-8, face="sad"))
    balloon(s, 196, 74, "OH NO! YOU/LOOK THIRSTY.", (316, 150))


def _watering(s: Sheet) -> None:
    s.shape("*-10,322 150,312 340,306 *560,316 *560,400 *-10,400", 4.4)
    s.line("-10,250 120,240 330,232 560,244", 3.4, "none")
    with s.placed(452, 372, 1.0):
        _sprout(s)
    _can(s, 150, 110, 1.5, 24)
    arm(s, "-30,10 30,40 90,86 140,118")
    for x, y in (
        (340, 172),
        (366, 178),
        (392, 188),
        (344, 202),
        (374, 208),
        (404, 214),
        (424, 202),
        (354, 236),
        (386, 240),
    ):
        with s.placed(x, y, 0.9, -12):
            s.shape("*0,-14 9,2 6,11 0,14 -6,11 -9,2", 2.8)
    effect(s, 252, 40, "SPLISH", 44, 6)


def _rumble(s: Sheet) -> None:
    for k in range(22):
        with s.placed(200, 210, 1, 360 / 22 * k + 3):
            s.line(f"{190 + 30 * (k % 2)},0 330,0", 4, "start")
    with s.placed(200, 276, 1.34, -5, weight=1.05):
        head(s, "wow")
    for side in (-1, 1):
        for far in (0, 16):
            s.line(
                mapped(
                    f"{152 + far},130 {160 + far},160 {152 + far},190 {160 + far},220", side, 1, 200
                ),
                3.2,
            )
    effect(s, 50, 300, "RUMBLE", 38, -1)


def _growing(s: Sheet) -> None:
    for x, y, far in (
        (60, 20, 110),
        (130, 60, 90),
        (560, 30, 120),
        (640, 90, 150),
        (600, 190, 90),
        (40, 200, 90),
        (500, 120, 70),
        (180, 210, 60),
    ):
        s.line(f"{x},{y + far} {x},{y}", 4, "end")
    s.shape("*-10,330 200,316 500,318 *710,328 *710,370 *-10,370", 4.4)
    s.shape(ribbon("340,380 352,290 336,190 352,90 344,-30", 22), 5)
    for x, y, size, angle in (
        (356, 270, 190, 66),
        (330, 200, 170, -60),
        (358, 70, 150, 58),
        (332, 310, 120, -76),
    ):
        leaf(s, x, y, size, angle, width=4.4, veins=5)
    for x in (270, 300, 390, 424):
        s.shape(f"*{x - 16},334 {x - 8},316 {x + 8},314 *{x + 16},332", 3.4)
    with s.placed(340, 306, 0.8, 4):
        robot(s, Pose(left="-104,-190 -90,-236", right="118,-176 130,-220", step=24, face="wow"))
    effect(s, 440, 236, "WHOOSH", 36, -34)
    balloon(s, 126, 110, "HEEEY!", (246, 132))


def _above_the_clouds(s: Sheet) -> None:
    s.shape(ellipse(140, 120, 62, 62), 4)
    for x, y, size in ((1030, 210, 0.8), (90, 264, 0.7), (430, 236, 0.5)):
        cloud(s, x, y, size)
    s.shape("*-20,340 160,310 360,326 620,316 860,330 *1140,306 *1140,400 *-20,400", 4)
    for x, y, size in ((240, 326, 0.5), (290, 330, 0.4), (850, 334, 0.5), (900, 332, 0.4)):
        _tiny_tree(s, x, y, size)
    s.shape(ribbon("610,400 598,350 612,310", 18), 4.6)
    _platform(s, 612, 292)
    with s.placed(612, 284, 0.72, weight=0.9):
        robot(s, Pose(left="-110,-190 -126,-236", right="110,-190 126,-236", face="joy"))
    _bird(s, 296, 230, 0.95)
    balloon(s, 880, 90, "WHAT A VIEW!/THANK YOU!", (722, 128))
    balloon(s, 372, 84, "HELLO!", (336, 196), 24)
    caption(s, 972, 318, "THE END", 20)


def _grass(s: Sheet, x: float, y: float) -> None:
    with s.placed(x, y):
        s.lines("-8,0 -11,-12 -16,-18|0,0 0,-26|8,0 11,-12 17,-17", 3, "end")


def _can(s: Sheet, x: float, y: float, size: float, angle: float) -> None:
    """Draw a watering can that hangs by its handle from (x, y)."""
    with s.placed(x, y, size, angle):
        s.shape("*40,62 84,30 *112,-2 *124,8 96,46 *46,92", 4)
        s.shape("*104,-16 *134,14 *126,22 *96,-8", 4)
        s.shape(ribbon("-30,34 -24,4 0,-6 24,4 30,34", 5), 3.4)
        s.shape("*-42,30 *42,30 *50,104 0,110 *-50,104", 4.6)
        s.shape(ellipse(0, 30, 42, 9), 3.6)
        s.lines("-46,64 0,70 46,64", 2.8, "none")
        s.shape(ribbon("-48,88 -84,80 -84,44 -44,40", 5), 3.4)


def _wilted(s: Sheet) -> None:
    s.line("0,0 -6,-60 6,-120 40,-150 74,-130 80,-104", 6, "none")
    leaf(s, -4, -40, 70, -110)
    leaf(s, -4, -54, 70, 112)
    with s.placed(80, -100, 0.92, 168):
        _side_flower(s)
    for x, y in ((54, -16), (70, -8)):
        s.shape("*-14,0 -2,-9 14,-3 *20,6 2,8" if x > 60 else ellipse(x, y, 14, 6), 2.6)


def _sprout(s: Sheet) -> None:
    s.line("0,0 4,-40 -2,-76", 6, "none")
    leaf(s, 2, -24, 76, -60)
    leaf(s, 2, -30, 76, 62)
    with s.placed(-2, -74, 0.9, -4):
        _side_flower(s)


def _side_flower(s: Sheet) -> None:
    """Draw a half-open flower seen from the side, growing up from (0, 0)."""
    for turn in (-64, 64, -34, 34, 0):
        with s.placed(0, -10, 1, turn):
            s.shape("*-8,0 -20,-36 -14,-66 0,-76 14,-66 20,-36 *8,0", 3.6)
    s.shape("*-20,-10 -18,4 0,10 18,4 *20,-10 10,-18 *0,-8 -10,-18", 3.4)


def _platform(s: Sheet, x: float, y: float) -> None:
    """Draw the giant flower from the side, wide enough to stand on."""
    with s.placed(x, y):
        for k in range(9):
            t = -1 + k / 4
            with s.placed(112 * t, -4 - 14 * (1 - t * t), 1, 80 * t):
                s.shape("*-16,0 -26,-36 -18,-60 0,-68 18,-60 26,-36 *16,0", 4)
        s.shape("*-50,34 -30,74 0,84 30,74 *50,34", 4)
        for k in (-2, 2, -1, 1, 0):
            with s.placed(56 * k, 2 - 3 * abs(k), 1, 180 - 22 * k):
                s.shape("*-24,0 -36,-30 -26,-58 0,-66 26,-58 36,-30 *24,0", 4)
        s.shape(ellipse(0, -6, 130, 25), 4.4)
        for k in (-3, -2, -1, 1, 2, 3):
            s.line(ellipse(34 * k, -6 + (k % 2) * 6, 7, 4, 0, 0, 180), 2.4)


def _tiny_tree(s: Sheet, x: float, y: float, size: float) -> None:
    with s.placed(x, y, size, weight=0.8):
        s.shape("*-8,-20 *8,-20 *8,24 *-8,24", 4)
        s.shape(ellipse(0, -54, 40, 44), 4.4)


def _bird(s: Sheet, x: float, y: float, size: float) -> None:
    with s.placed(x, y, size):
        s.shape("*-40,4 -74,-6 *-92,-20 *-86,4 *-94,20 -70,24 *-38,20", 4)
        s.shape("-44,6 -20,-26 14,-34 36,-26 42,-6 30,24 0,38 -28,30", 4.6)
        s.shape("*40,-18 *66,-8 *40,0", 3.6)
        s.shape("*-20,0 -40,-40 *-66,-62 -14,-58 14,-28 *16,2", 4.2)
        s.lines("-38,-40 -14,-30|-50,-54 -14,-46", 2.6)
        s.dot(24, -14, 4.4)
        s.line("-4,34 6,28 14,18", 2.4)
