"""How thick lines are is told from a drawing alone, at any size, in any ink."""

from __future__ import annotations

import warnings

import cv2
import numpy as np
import pytest

from inkhue.lines.thickness import line_thickness

WIDTHS = (1, 1.5, 2, 3, 4, 6, 8, 12, 16)


@pytest.mark.parametrize("thick", WIDTHS)
def test_a_drawings_lines_are_measured(inked, thick):
    assert line_thickness(inked(800, thick)) == pytest.approx(thick, rel=0.25)


@pytest.mark.parametrize("width", [1, 3, 5, 9, 15])
def test_a_straight_stroke_is_as_thick_as_it_is(width):
    line = np.full((120, 200), 255, np.uint8)
    line[50 : 50 + width, 10:190] = 0
    assert line_thickness(line) == pytest.approx(width, rel=0.15)
    assert line_thickness(line.T.copy()) == line_thickness(line)


@pytest.mark.parametrize("thick", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("shade", [110, 180, 215])
def test_half_tone_ink_is_as_thick_as_black(inked, thick, shade):
    grey, black = line_thickness(inked(800, thick, shade=shade)), line_thickness(inked(800, thick))
    assert grey == pytest.approx(black, rel=0.1)


@pytest.mark.parametrize("thick", [2, 4, 8, 16])
def test_solid_blacks_hardly_change_it(inked, thick):
    without, solid = (line_thickness(inked(800, thick, black=black)) for black in (False, True))
    assert solid == pytest.approx(without, rel=0.2)


def test_blacks_of_half_the_page_do_not_pass_for_lines(inked):
    line = inked(800, 3)
    line[:, 500:] = 0
    assert line_thickness(line) == pytest.approx(3, rel=0.35)


def test_a_drawing_is_as_thick_relative_to_its_size_at_every_size(inked):
    sizes = (300, 600, 1500, 3000, 6000)
    found = [line_thickness(inked(size, 0.008 * size)) / size for size in sizes]
    assert np.ptp(found) <= 0.2 * np.median(found)


def test_soft_edges_leave_it_as_it_is(inked):
    sharp = inked(800, 5)
    soft = cv2.GaussianBlur(sharp, (0, 0), 1)
    assert line_thickness(soft) == pytest.approx(line_thickness(sharp), rel=0.2)


def test_it_tells_a_thicker_pen_from_a_thinner_one(inked):
    found = [line_thickness(inked(800, thick)) for thick in WIDTHS]
    assert found == sorted(found)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (500, 400), (3000, 20)])
@pytest.mark.parametrize("grey", [255, 250, 0])
def test_a_page_of_one_tone_has_no_lines(shape, grey):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert line_thickness(np.full(shape, grey, np.uint8)) == 0


@pytest.mark.parametrize("shape", [(2, 1), (1, 9), (7, 3)])
def test_a_few_pixels_are_measured_without_a_word(shape):
    line = np.full(shape, 255, np.uint8)
    line[0, 0] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert 0 < line_thickness(line) < 5
