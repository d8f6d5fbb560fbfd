"""A bunch of garden flowers in a jug on a table."""

from __future__ import annotations

from .curves import Points, ellipse, trace
from .flora import blossom, daisy, leaf, poppy, rose, round_dots, sprig, tulip
from .sheet import Sheet


def draw() -> Sheet:
    """Draw the picture."""
    s = Sheet(900, 1050, seed=8)
    with s.placed(0, -66):
        _room(s)
        _greenery(s)
        _flowers(s)
        _jug(s)
        _on_the_table(s)
    return s


def _room(s: Sheet) -> None:
    s.shape("*-20,880 *920,872 *920,1140 *-20,1140", 4.5)
    cloth = "*130,876 *770,872 *846,1010 *56,1016"
    s.shape(cloth, 4.2)
    with s.inside(cloth):
        s.lines("150,894 754,890|94,998 810,992", 2.6, "none")
        for k in range(9):
            x = 120 + 82 * k
            s.shape(f"*{x},{946} *{x + 22},{930} *{x + 44},{946} *{x + 22},{962}", 2.6)


def _greenery(s: Sheet) -> None:
    for path, size in (
        ("440,640 330,470 250,330 214,190", 78),
        ("460,640 580,480 650,330 676,190", 78),
        ("440,660 290,560 170,520 90,500", 66),
        ("470,660 620,580 730,540 820,520", 66),
    ):
        sprig(s, trace(path), size)
    for stem in ("450,640 440,400 446,240", "440,640 400,420 352,300", "460,640 520,430 560,290"):
        s.line(stem, 4.4, "none")
    for x, y, size, angle in (
        (300, 640, 150, -70),
        (600, 640, 150, 70),
        (350, 690, 140, -120),
        (560, 690, 140, 118),
        (250, 560, 120, -50),
        (650, 560, 120, 52),
    ):
        leaf(s, x, y, size, angle, veins=4)
    _berries(s, trace("330,560 220,440 150,380"), 13)
    _berries(s, trace("570,560 690,440 762,400"), 13)


def _berries(s: Sheet, stem: Points, radius: float) -> None:
    s.line(stem, 3.2, "end")
    for k in range(5):
        x, y = stem[int((0.5 + 0.12 * k) * (len(stem) - 1))]
        side = 20 if k % 2 else -20
        s.line(f"{x},{y} {x + side},{y - 14}", 2.6, "none")
        round_dots(s, trace(f"{x + side},{y - 18} {x + side + 1},{y - 18}")[:1], radius)


def _flowers(s: Sheet) -> None:
    tulip(s, 446, 272, 128, 0)
    tulip(s, 352, 322, 116, -16)
    tulip(s, 560, 314, 116, 16)
    daisy(s, 250, 400, 74, 12, width=3.4)
    daisy(s, 654, 404, 74, 12, width=3.4)
    blossom(s, 446, 356, 64)
    poppy(s, 330, 470, 98)
    poppy(s, 574, 480, 94)
    daisy(s, 248, 560, 66, 12, width=3.4)
    blossom(s, 668, 560, 70)
    rose(s, 452, 470, 84, width=3.8)
    blossom(s, 352, 604, 66)
    daisy(s, 566, 620, 70, 12, width=3.4)
    rose(s, 458, 618, 80, width=3.8)
    rose(s, 282, 660, 52)
    rose(s, 640, 660, 50)


def _jug(s: Sheet) -> None:
    s.shape(
        "*540,706 610,680 680,690 710,740 704,804 664,850 *570,872 *570,842 640,822 672,786 "
        "674,744 650,718 610,712 *548,736",
        5,
    )
    s.shape(
        "*330,676 352,720 322,790 318,860 350,930 400,956 450,960 500,956 552,930 586,860 "
        "582,790 554,720 *574,676 520,694 450,700 380,694",
        5.6,
    )
    body = (
        "*330,676 352,720 322,790 318,860 350,930 400,956 450,960 500,956 552,930 586,860 "
        "582,790 554,720 *574,676"
    )
    with s.inside(body):
        s.lines(
            "330,722 400,740 450,742 500,740 580,722|300,780 400,800 450,803 500,800 600,780|"
            "300,872 400,892 450,895 500,892 600,872",
            3.2,
            "none",
        )
        for k in range(5):
            x = 346 + 54 * k
            y = 838 - 0.0009 * (x - 452) ** 2 + 8
            with s.placed(x, y, 0.22):
                s.shape("*0,-100 60,-40 *100,0 60,40 *0,100 -60,40 *-100,0 -60,-40", 3)
            s.shape(ellipse(x, y, 7, 7), 2.4)
    s.line("342,800 336,860 356,910", 2.8)


def _on_the_table(s: Sheet) -> None:
    with s.placed(196, 968, 1.0):
        s.shape("0,-62 -40,-74 -70,-40 -62,10 -30,34 0,28 30,34 62,10 70,-40 40,-74", 5)
        s.line("-2,-58 0,-84 14,-100", 4.2, "none")
        leaf(s, 2, -74, 52, 70, veins=2)
        s.line("-14,-56 0,-48 14,-56", 2.8)
        s.line("-52,-34 -54,-10 -44,10", 2.8)
    with s.placed(706, 990, 1.0, 8):
        s.shape("0,-52 -36,-60 -60,-30 -54,10 -26,30 0,26 26,30 54,10 60,-30 36,-60", 5)
        s.line("-1,-48 2,-70 -8,-82", 4.2, "none")
        s.line("-12,-46 0,-40 12,-46", 2.8)
    with s.placed(800, 1040, 1, 150):
        leaf(s, 0, 0, 70, 0)
    for x, y, turn in ((120, 1060, 20), (330, 1052, 110), (560, 1060, -40)):
        with s.placed(x, y, 1, turn):
            s.shape("*-24,6 -10,-12 14,-14 *28,0 10,14 -12,14", 3.4)
            s.line("-16,4 0,0 16,0", 2.2)
