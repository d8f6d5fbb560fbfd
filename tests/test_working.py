"""The size at which a page is shown to the networks."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from inkhue.lines.thickness import line_thickness
from inkhue.model import find_model
from inkhue.page import open_page
from inkhue.working import LEAST_REDUCED, LEAST_SIZE, choose_size, fit

MOST = 1024
WANTED = find_model("light").line_width  # of the shipped model


def page_of(line):
    return SimpleNamespace(line=line, size=line.shape[::-1])


def chosen(line, most=MOST, wanted=WANTED):
    return choose_size(page_of(line), most, wanted)


def test_thick_lines_reduce_a_page_and_thin_ones_keep_it(inked):
    assert chosen(inked(900, 1.5)) == 900
    assert chosen(inked(900, 6)) < 600
    sizes = [chosen(inked(900, thick)) for thick in (1, 2, 4, 8, 16)]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("side", [1200, 3000])
@pytest.mark.parametrize("most", [256, 512, 1024])
def test_it_is_never_above_the_most(inked, side, most):
    assert chosen(inked(side, 0.001 * side), most) == most


def test_a_model_that_takes_any_line_gets_its_own_size(inked):
    for line in (inked(300, 6), inked(1200, 2)):
        assert chosen(line, 512, 0.0) == 512


@pytest.mark.parametrize("shape", [(1, 1), (37, 20), (90, 128)])
def test_tiny_pages_are_enlarged_to_the_least_size(shape):
    blank = np.full(shape, 255, np.uint8)
    assert chosen(blank) == LEAST_SIZE == 128
    drawn = blank.copy()
    drawn[0] = 0
    assert chosen(drawn) == 128


def test_lines_however_thick_reduce_a_page_no_further_than_borders_can_be_placed(inked):
    line = np.full((600, 600), 255, np.uint8)
    line[100:500, 100:500] = 0
    assert chosen(line) == LEAST_REDUCED == 256
    assert chosen(inked(900, 24)) == 256
    assert chosen(inked(200, 8)) == 200


def test_blank_and_black_pages_are_not_reduced_for_lines():
    for grey in (255, 0):
        assert chosen(np.full((300, 700), grey, np.uint8)) == 700


def test_a_page_turned_on_its_side_is_shown_alike(inked):
    line = inked(900, 6)
    assert chosen(line) == chosen(line.T.copy())


@pytest.mark.parametrize("share", [0.004, 0.009])
def test_one_drawing_is_shown_alike_at_every_size(inked, share):
    """The pen is a share of the page's width; the network sees it about equally thick."""
    shown = []
    for side in (300, 600, 1500, 3000, 6000):
        size = chosen(inked(side, share * side))
        if size < min(side, MOST):  # neither capped nor as thin as it comes
            shown.append(share * size)
    assert len(shown) >= 3
    assert max(shown) <= 1.2 * min(shown)
    assert np.median(shown) == pytest.approx(WANTED, rel=0.3)


@pytest.mark.parametrize("share", [0.004, 0.009])
def test_the_working_page_has_lines_of_about_the_wanted_thickness(inked, share):
    for side in (800, 1500):
        page = open_page(inked(side, share * side))
        work = fit(page, choose_size(page, MOST, WANTED), 32)
        seen = np.rint(255 * work.line[0, 0]).astype(np.uint8)
        assert line_thickness(seen) == pytest.approx(WANTED, rel=0.35)
