"""SqueezeNet and Inception: known answers, and no digit depends on the batch."""

from __future__ import annotations

import importlib.util
import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from inkhue.evaluate.metrics import frechet, inception, kernel, lpips, squeezenet  # noqa: E402
from inkhue.models.squeezenet import SQUEEZENET, load  # noqa: E402

# Numbers that torch-fidelity draws when it makes its network, before the examples' pictures: as
# many as there are weights, its classifier's among them.
DRAWN_BEFORE = 23_816_528


@pytest.fixture
def perceptual(shared, monkeypatch):
    """The folder with the weights of both networks."""
    folder = shared / "perceptual"
    if not (folder / inception.INCEPTION.file).is_file():
        pytest.skip("the test art has no folder perceptual/ with weights")
    monkeypatch.setenv("INKHUE_PERCEPTUAL", str(folder))
    return folder


@pytest.fixture
def one_thread():
    """Two threads wait for each other for minutes where other programs have the cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def reference(folder, name):
    """Import a plain reference that lies beside the weights."""
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def noise(seed):
    """The two sets of 100 noise pictures of torchmetrics' examples for FID and KID."""
    torch.manual_seed(seed)
    torch.rand(DRAWN_BEFORE)
    return [
        torch.randint(*limits, (100, 3, 299, 299), dtype=torch.uint8).permute(0, 2, 3, 1).numpy()
        for limits in ((0, 200), (100, 255))
    ]


def means(pictures):
    """The features of FSD and KSD."""
    return squeezenet.means_of(squeezenet.squeeze_taps(pictures))


@pytest.mark.parametrize(("seed", "published"), [(123, 0.100802), (42, 0.100491)])
def test_lpips_has_the_published_value(perceptual, seed, published):
    torch.manual_seed(seed)
    network = load(SQUEEZENET.path())
    made, original = (network(torch.rand(10, 3, 100, 100) * 2 - 1) for _ in range(2))
    assert lpips.between(made, original).mean() == pytest.approx(published, abs=1e-6)


# 12.7202 and 12.6388 with float32 weights.
@pytest.mark.parametrize(("seed", "published"), [(123, 12.7211), (42, 12.6396)])
def test_fid_of_64_features_has_the_published_value(perceptual, one_thread, seed, published):
    a, b = (inception.inception_features(pictures, tap=64) for pictures in noise(seed))
    assert frechet.distance(a, b) == pytest.approx(published, abs=5e-5)


def test_kid_has_the_published_value(perceptual, one_thread):
    # Published: mean and deviation over random subsets of 50; ours is of all pictures at once.
    a, b = (inception.inception_features(pictures) for pictures in noise(123))
    rng = np.random.default_rng(0)
    subsets = [
        kernel.distance(a[rng.permutation(100)[:50]], b[rng.permutation(100)[:50]])
        for _ in range(100)
    ]
    assert kernel.distance(a, b) == pytest.approx(0.0338, abs=0.0003)
    assert np.mean(subsets) == pytest.approx(0.0338, abs=0.0006)
    assert np.std(subsets) == pytest.approx(0.0023, abs=0.0005)


def test_2048_features_and_kid_agree_with_the_reference(perceptual):
    sets = [pictures[:4] for pictures in noise(123)]
    a, b = (inception.inception_features(pictures) for pictures in sets)
    plain = reference(perceptual, "fid_reference")
    network = plain.FidInception()
    expected = network(torch.from_numpy(sets[0][:2]).permute(0, 3, 1, 2)).numpy()
    assert np.abs(a[:2] - expected).max() < 1e-4
    assert kernel.distance(a, b) == pytest.approx(plain.kid(a, b), rel=1e-9)


def test_pictures_of_another_size_are_resized_as_the_reference_does(perceptual, rng):
    x = torch.from_numpy(rng.random((2, 3, 512, 200), dtype=np.float32))
    plain = reference(perceptual, "fid_reference")
    assert (inception.resize(x) - plain.resize_tf1(x)).abs().max() < 1e-6


def test_every_tap_has_its_number_of_features(perceptual, rng):
    picture = rng.integers(0, 256, (1, 32, 48, 3), dtype=np.uint8)
    for tap in inception.TAPS:
        features = inception.inception_features(picture, tap)
        assert features.shape == (1, tap)
        assert features.dtype == np.float32
        assert features.std() > 0


def test_lpips_and_means_agree_with_the_reference(perceptual, rng):
    pictures = rng.integers(0, 256, (2, 64, 80, 3), dtype=np.uint8)
    plain = reference(perceptual, "lpips_reference").LPIPS()
    x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
    expected = plain(x[:1], x[1:]).item()
    assert lpips.distance(*pictures) == pytest.approx(expected, rel=1e-5)
    last = plain.features(x)[-1].mean((2, 3)).numpy()
    assert np.abs(means(pictures) - last).max() < 1e-4


def test_no_digit_depends_on_the_batch(perceptual, rng):
    pictures = rng.integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)
    for features in (
        means,
        lambda batch: inception.inception_features(batch, tap=192),
    ):
        together = features(pictures)
        for number in range(3):
            assert np.array_equal(together[number], features(pictures[number : number + 1])[0])
    taps = squeezenet.squeeze_taps(pictures)
    distances = lpips.between(taps, tuple(tap.flip(0) for tap in taps))
    assert distances[0] == lpips.distance(pictures[0], pictures[2])
    assert distances[1] == pytest.approx(0, abs=1e-6)
    assert distances[2] == pytest.approx(distances[0], abs=1e-7)


def test_lpips_grows_with_what_is_wrong(perceptual, shared):
    pytest.importorskip("fsspec")
    from PIL import Image

    from inkhue.data.shards import read_shards

    picture = read_shards([str(shared / "art" / "flats.tar")])[0].rgb()
    original = np.array(Image.fromarray(picture).resize((128, 128)))
    grey = np.repeat(original.mean(2, keepdims=True), 3, axis=2)
    made = [np.rint(original + (grey - original) * share) for share in (0, 0.3, 0.6, 1)]
    distances = [lpips.distance(picture.astype(np.uint8), original) for picture in made]
    assert distances[0] == pytest.approx(0, abs=1e-6)
    assert distances == sorted(distances)
    assert not math.isclose(distances[1], distances[3], rel_tol=0.5)
