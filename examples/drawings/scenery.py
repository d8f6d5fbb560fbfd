"""What several landscapes have: clouds and firs."""

from __future__ import annotations

from .sheet import Sheet


def cloud(s: Sheet, x: float, y: float, size: float) -> None:
    """Draw a flat-bottomed fair-weather cloud around (x, y)."""
    with s.placed(x, y, size):
        s.shape(
            "*-120,34 -134,10 -106,-10 *-88,-8 -84,-44 -40,-58 *-22,-38 0,-72 50,-62 *56,-28 "
            "92,-34 104,-4 *98,4 126,6 *124,34",
            4,
        )
        s.lines("-22,-38 -12,-30 -10,-20|56,-28 46,-22 42,-10", 2.6)


def pine(s: Sheet, x: float, y: float, size: float) -> None:
    """Draw a fir of three tiers, 260 units high, that stands at (x, y)."""
    with s.placed(x, y, size, weight=max(0.7, size)):
        s.shape("*-10,-30 *10,-30 *12,30 *-12,30", 4)
        for up, half in ((0, 66), (-62, 54), (-118, 40)):
            s.shape(
                f"*0,{up - 116} {half / 2},{up - 50} *{half},{up} {half / 2},{up - 6} 0,{up + 8} "
                f"{-half / 2},{up - 6} *{-half},{up} {-half / 2},{up - 50}",
                4.4,
            )
