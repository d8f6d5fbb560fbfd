"""What a run keeps in its folder: predictions as pictures, scores as arrays, one file each.

A file's path says what its content depends on: the system with its code and weights, the picture,
the hints, and for scores the code and weights that score.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.errors import InkhueError
from inkhue.evaluate.rows import Score
from inkhue.evaluate.systems import Prediction
from inkhue.output import replacing

PARTS = ("layer", "image", "own")


def kept_score(place: Path, make: Callable[[], Score]) -> Score:
    """Return the score that is kept at a place, or make it and keep it, whole or not at all."""
    try:
        with np.load(place) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        score = make()
    stream = io.BytesIO()
    np.savez(stream, **score)  # type: ignore[arg-type]
    write(place, stream.getvalue())
    return score


def kept_prediction(place: Path, make: Callable[[], Prediction]) -> Prediction:
    """Return the prediction whose pictures are kept in a folder, or make it and keep it."""
    layer, image, own = (read(place / f"{part}.png") for part in PARTS)
    if layer is not None and image is not None:
        return Prediction(layer, image, own)
    made = make()
    # The two that must be there are written last: a killed run leaves no half of a prediction.
    for part, picture in (("own", made.own), ("layer", made.layer), ("image", made.image)):
        if picture is not None:
            write(place / f"{part}.png", encode(picture))
    return made


def encode(picture: NDArray[np.uint8]) -> bytes:
    """Encode a picture as PNG, fast rather than small."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])


def read(path: Path) -> NDArray[np.uint8] | None:
    """Read a picture; None where there is none, or a broken one."""
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError:
        return None
    bgr = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    return None if bgr is None else np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InkhueError(f"{path.parent}: cannot be made ({error.strerror})") from error
    with replacing(path, force=True) as temporary:
        temporary.write_bytes(data)


def file_name(text: str) -> str:
    """Return a name as part of a path, on any system."""
    return re.sub(r"[^A-Za-z0-9._@-]", "_", text)
