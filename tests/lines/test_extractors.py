"""Line extractors: deterministic, blank where nothing is drawn, and where the true lines are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkhue.errors import UsageError
from inkhue.lines import METHODS, extract, over_color

ALL = sorted(METHODS)


def colour_edge(lightness=60.0, side=128):
    """Return two halves of one lightness (CIELAB) and opposite hues."""
    lab = np.empty((side, side, 3), np.float32)
    lab[..., 0] = lightness
    lab[:, : side // 2, 1:] = (35, 30)
    lab[:, side // 2 :, 1:] = (-30, 25)
    return np.rint(255 * cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)).clip(0, 255).astype(np.uint8)


def stroke(side=128, width=3):
    rgb = np.full((side, side, 3), 255, np.uint8)
    cv2.line(rgb, (20, 30), (100, 90), (0, 0, 0), width)
    return rgb


def scene(side=96):
    rgb = np.full((side, side + 20, 3), 240, np.uint8)
    cv2.circle(rgb, (50, 40), 25, (220, 90, 60), -1)
    cv2.circle(rgb, (50, 40), 25, (20, 10, 10), 2)
    cv2.rectangle(rgb, (60, 50), (100, 90), (80, 160, 90), -1)
    return rgb


@pytest.mark.parametrize("method", ALL)
def test_lines_have_the_pictures_size_and_come_out_the_same_each_time(method):
    rgb = scene()
    before = rgb.copy()
    line = extract(rgb, method)
    assert line.shape == rgb.shape[:2]
    assert line.dtype == np.uint8
    assert np.array_equal(line, extract(rgb, method))
    assert np.array_equal(rgb, before)


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("shape", [(64, 64), (33, 190), (1, 1), (3, 200)])
def test_a_blank_page_stays_paper(method, shape):
    assert (extract(np.full((*shape, 3), 255, np.uint8), method) == 255).all()


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("grey", [250, 200, 130])
def test_a_flat_colour_has_no_lines(method, grey):
    assert extract(np.full((64, 64, 3), grey, np.uint8), method).min() >= 250


@pytest.mark.parametrize("method", ALL)
def test_a_black_stroke_on_white_is_found_where_it_is(method):
    rgb = stroke()
    line = extract(rgb, method)
    drawn = rgb[..., 0] == 0
    far = cv2.dilate(drawn.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    assert line[drawn].mean() < 110
    assert line[far].mean() > 250


def test_ink_keeps_a_black_stroke_black():
    rgb = stroke()
    assert extract(rgb, "ink")[rgb[..., 0] == 0].max() < 30


def test_ink_draws_solid_blacks_solid():
    rgb = np.full((128, 128, 3), 255, np.uint8)
    rgb[30:100, 30:100] = 8
    assert (extract(rgb, "ink")[32:98, 32:98] == 0).all()


@pytest.mark.parametrize("method", ["ink", "pencil"])
def test_an_edge_of_hue_alone_leaves_a_line(method):
    rgb = colour_edge()
    lightness = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[..., 0].astype(int)
    assert np.ptp(lightness) <= 3  # nothing to see in grey
    line = extract(rgb, method)
    darkest = line[20:108].min(axis=1)
    assert (darkest < (128 if method == "ink" else 235)).all()
    assert (np.abs(line[20:108].argmin(axis=1) - 63.5) < 4).all()
    assert line[:, :40].min() >= 250
    assert line[:, 88:].min() >= 250


def test_an_unknown_method_names_the_nearest():
    with pytest.raises(UsageError, match=r"'inc'.*did you mean 'ink'"):
        extract(scene(), "inc")


@pytest.mark.parametrize("method", ALL)
def test_a_transparent_picture_is_seen_over_white(method):
    rgba = np.dstack([scene(), np.full((96, 116), 255, np.uint8)])
    assert np.array_equal(extract(rgba, method), extract(scene(), method))
    hidden = np.dstack([scene(), np.zeros((96, 116), np.uint8)])
    assert (extract(hidden, method) == 255).all()


def test_laying_over_a_colour():
    rgba = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 51]]], np.uint8)
    assert over_color(rgba).tolist() == [[[255, 0, 0], [255, 255, 255], [204, 204, 204]]]
    assert over_color(rgba, (0, 0, 100))[0, 1].tolist() == [0, 0, 100]


@pytest.mark.parametrize("method", ALL)
def test_lines_are_as_thick_relative_to_the_picture_at_every_size(method):
    small = scene(128)
    large = cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    ink_small = 255.0 - extract(small, method)
    ink_large = 255.0 - extract(large, method)
    assert ink_large.mean() == pytest.approx(ink_small.mean(), rel=0.6)


def test_versions_are_counted_from_one():
    assert all(method.version >= 1 for method in METHODS.values())
    assert {"ink", "xdog", "pencil"} <= set(METHODS)


def recall(found, true, reach=3):
    """Return the share of the true ink that has found ink within a reach of pixels."""
    near = cv2.dilate((found < 128).astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8))
    return near[true < 128].mean()


def precision(found, true, reach=3):
    return recall(true, found, reach)


def test_ink_finds_the_true_lines_of_real_art(art):
    pytest.importorskip("fsspec")
    from inkhue.data.shards import read_shards

    lined = [p for p in read_shards([str(art / "flats.tar")]) if p.encoded_line is not None]
    pairs = [(extract(p.rgb(), "ink"), p.line()) for p in lined[:: len(lined) // 8]]
    recalls, precisions = ([f(*pair) for pair in pairs] for f in (recall, precision))
    assert np.mean(recalls) > 0.95
    assert min(recalls) > 0.8
    assert np.mean(precisions) > 0.9
