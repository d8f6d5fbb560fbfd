"""A small dragon with a cup of tea and a pile of books."""

from __future__ import annotations

import numpy as np

from .curves import ellipse, trace
from .sheet import Sheet


def draw() -> Sheet:
    """Draw the picture."""
    s = Sheet(1040, 1060, seed=77)
    _floor(s)
    with s.placed(530, 30):
        for side in (False, True):
            with s.placed(0, 0, flip=side):
                _wing(s)
        _tail(s)
        _body(s)
        for side in (False, True):
            with s.placed(0, 0, flip=side):
                _leg(s)
        _cup(s)
        for side in (False, True):
            with s.placed(0, 0, flip=side):
                _arm(s)
        with s.placed(0, 330, 1.1, -5):
            _head(s)
    _books(s)
    _biscuits(s)
    return s


def _floor(s: Sheet) -> None:
    s.line("-10,842 300,836 760,836 1050,842", 3.6, "none")
    rug = ellipse(520, 950, 496, 98)
    s.shape(rug, 4.6)
    s.shape(ellipse(520, 946, 456, 80), 3)
    for k in range(-9, 10):
        x = 520 + 50 * k
        y = 950 + 98 * (1 - (50 * k / 496) ** 2) ** 0.5
        s.line(f"{x},{y + 2} {x + 0.8 * k},{y + 18}", 3)


def _wing(s: Sheet) -> None:
    s.shape(
        "*-80,560 -190,450 -270,370 *-330,300 *-322,348 -400,400 -450,480 *-486,590 -440,574 "
        "*-392,640 -356,606 *-300,672 -262,630 *-190,690 *-100,660",
        5.2,
    )
    s.lines(
        "-322,348 -410,450 -486,590|-318,352 -370,480 -392,640|-312,356 -312,500 -300,672|"
        "-300,362 -220,520 -190,690",
        3.4,
        "none",
    )
    s.line("-322,348 -250,420 -90,580", 3.4, "none")


def _tail(s: Sheet) -> None:
    for path in (
        "*206,866 *240,914 *272,878",
        "*300,874 *356,902 *350,850",
        "*366,840 *426,838 *394,784",
        "*392,770 *440,738 *388,712",
    ):
        s.shape(path, 4)
    s.shape(
        "*100,800 190,868 280,884 360,850 394,780 386,716 *374,640 *340,644 354,720 350,776 "
        "320,810 260,820 *160,740",
        5.4,
    )
    s.shape("*358,664 334,656 *288,676 324,606 *344,514 382,592 *430,664 386,654", 4.8)
    s.line("356,640 352,600 348,560", 2.8, "end")


def _body(s: Sheet) -> None:
    half = trace("*0,430 -70,440 -110,520 -156,640 -190,760 -180,850 -130,896 *0,912")
    s.shape(np.vstack([half[::-1], half * (-1, 1)]), 5.6)
    belly = trace("*0,450 -60,470 -80,560 -108,680 -116,800 -84,876 *0,896")
    outline = np.vstack([belly[::-1], belly * (-1, 1)])
    s.shape(outline, 4)
    with s.inside(outline):
        for y in (700, 746, 792, 838):
            s.line(f"-140,{y - 8} -60,{y + 6} 0,{y + 10} 60,{y + 6} 140,{y - 8}", 3.4, "none")
    for x, y in ((-146, 700), (-164, 744), (148, 696), (132, 640)):
        s.line(f"{x - 12},{y} {x - 6},{y + 9} {x + 4},{y + 9} {x + 10},{y}", 2.8)


def _leg(s: Sheet) -> None:
    s.shape("*-96,890 -90,800 -120,740 -180,730 -222,780 -232,850 *-210,910", 5)
    s.line("-206,800 -196,776 -176,762", 2.8)
    s.shape("-160,846 -222,860 -250,904 -232,944 -160,956 -92,944 -74,904 -100,862", 5.2)
    s.shape(ellipse(-160, 912, 34, 26), 3.2)
    for x in (-214, -164, -114):
        s.shape(f"*{x - 18},936 {x - 10},918 {x + 10},918 *{x + 18},936 *{x},968", 3.6)


def _cup(s: Sheet) -> None:
    with s.placed(0, 600):
        s.shape("*-72,-22 -70,30 -52,78 -30,90 30,90 52,78 70,30 *72,-22", 5)
        s.shape(ellipse(0, -22, 72, 17), 4.2)
        s.line(ellipse(0, -17, 58, 10, 0, 190, 350), 2.6)
        s.shape("*0,64 -26,40 -22,22 -10,20 *0,32 10,20 22,22 26,40", 3.2)
    s.lines("-26,560 -36,540 -20,524 -30,504|20,556 30,538 14,520 24,500", 3.2)


def _arm(s: Sheet) -> None:
    s.shape(
        "-112,524 -150,566 -174,636 -154,690 -104,704 *-60,694 *-44,632 -88,630 -92,590 -86,540",
        4.8,
    )
    s.fill("*-104,640 -70,632 *-48,636 *-60,686 -84,694")
    s.shape("-78,624 -94,654 -82,690 -52,698 -34,680 -32,646 -48,626", 4.2)
    s.lines("-36,644 -50,648 -58,646|-32,664 -48,668 -56,666", 2.8, "none")


def _head(s: Sheet) -> None:
    for side in (False, True):
        with s.placed(0, 0, flip=side):
            _horn_and_frill(s)
    s.shape("*-26,-130 -30,-170 *-6,-214 22,-176 *28,-130", 4.4)
    half = trace("*0,-152 -86,-140 -146,-92 -166,-24 -176,44 -152,104 -90,142 *0,152")
    s.shape(np.vstack([half[::-1], half * (-1, 1)]), 5.6)
    for side in (False, True):
        with s.placed(0, 0, flip=side):
            _eye(s, -1 if side else 1)
    s.line("-118,52 -70,34 0,28 70,34 118,52", 3.2)
    s.lines("-42,58 -32,50 -22,58 -28,64|42,58 32,50 22,58 28,64", 3.6)
    s.shape("*-66,100 *-56,126 *-44,107", 3)
    s.shape("*66,100 *56,126 *44,107", 3)
    s.line("-112,78 -98,90 -60,103 0,108 60,103 98,90 112,78", 4.2)
    s.lines("-120,72 -112,78 -104,76|120,72 112,78 104,76", 3.4)
    s.lines("-16,128 0,132 16,128", 2.8)
    for x, y in ((-12, -104), (14, -108), (0, -84), (-120, 6), (120, 6)):
        s.line(f"{x - 8},{y} {x - 3},{y + 6} {x + 4},{y + 6} {x + 9},{y}", 2.6)


def _horn_and_frill(s: Sheet) -> None:
    s.shape(
        "*-138,-70 -196,-104 *-262,-98 -232,-56 *-268,-14 -226,0 *-240,50 -194,44 *-156,66", 4.8
    )
    s.lines(
        "-160,-54 -206,-78 -262,-98|-164,-24 -210,-24 -268,-14|-164,10 -200,22 -240,50", 3, "none"
    )
    horn = "*-112,-112 -138,-170 -132,-226 *-104,-270 -98,-214 -80,-176 *-50,-142"
    s.shape(horn, 4.8)
    with s.inside(horn):
        s.lines(
            "-150,-152 -112,-150 -60,-176|-150,-188 -118,-186 -80,-206|"
            "-150,-220 -116,-222 -90,-236",
            2.8,
            "none",
        )


def _eye(s: Sheet, glint: int) -> None:
    s.shape(ellipse(-76, -20, 38, 44, -6), 4.2)
    with s.inside(ellipse(-76, -20, 38, 44, -6)):
        s.shape(ellipse(-74, -14, 29, 37), 3)
        s.shape(ellipse(-74, -14, 15, 27), 2, 0)
        s.fill(ellipse(-74 - 11 * glint, -30, 11, 12))
        s.fill(ellipse(-74 + 11 * glint, 4, 5.5, 6))
    s.line(ellipse(-76, -20, 40, 46, -6, 190, 345), 7)
    s.line("-116,-84 -86,-96 -54,-86", 5)


def _books(s: Sheet) -> None:
    with s.placed(128, 992):
        for x, y, wide, tall in ((0, 0, 200, 48), (12, -48, 172, 40), (-6, -88, 184, 46)):
            left, right, top = x - wide / 2, x + wide / 2, y - tall
            s.shape(
                f"*{left},{top} {x},{top - 2} *{right},{top} {right + 5},{top + tall / 2} "
                f"*{right},{y} {x},{y + 2} *{left},{y} {left - 5},{top + tall / 2}",
                4.8,
            )
            for edge in (left + 22, left + 34, right - 34, right - 22):
                s.line(f"{edge},{top} {edge - 2},{top + tall / 2} {edge},{y}", 3, "none")
            with s.placed(x, y - tall / 2):
                s.shape("*-16,0 *0,-9 *16,0 *0,9", 2.8)


def _biscuits(s: Sheet) -> None:
    with s.placed(908, 976):
        s.shape(ellipse(0, 20, 100, 24), 4.6)
        s.shape(ellipse(0, 16, 74, 14), 2.8)
        for x, y, turn in ((-34, 2, -8), (36, 2, 10), (0, -24, 0)):
            with s.placed(x, y, 1, turn):
                s.shape("*-40,0 -40,12 0,22 40,12 *40,0", 3.8)
                s.shape(ellipse(0, 0, 41, 14), 3.8)
                for dx, dy in ((-18, -2), (4, 4), (20, -3), (-2, -6)):
                    s.dot(dx, dy, 3.2)
