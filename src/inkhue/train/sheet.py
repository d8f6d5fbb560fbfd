"""Sample sheets: line, hints, draft, result and original of a few crops, side by side."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inkhue.train.checkpoint import write_whole

CELL = 160  # pixels
UNHINTED = 0.85  # grey where there is no hint


def save_sheet(path: Path, crops: dict[str, Tensor], draft: Tensor, result: Tensor) -> None:
    """Write a sheet of (N, C, H, W) pictures in [0, 1]: a row for each crop."""
    hint = crops["hint"]
    shown = hint[:, :3] + (1 - hint[:, 3:]) * UNHINTED
    columns = [crops["line"].expand(-1, 3, -1, -1), shown, draft, result, crops["color"]]
    rows = [np.hstack([cell(column[i]) for column in columns]) for i in range(len(hint))]
    _, png = cv2.imencode(".png", np.vstack(rows)[..., ::-1])
    write_whole(path, png.tobytes())


def cell(picture: Tensor) -> NDArray[np.uint8]:
    """(3, H, W) in [0, 1] -> (CELL, CELL, 3) uint8."""
    array = (255 * picture.float().clamp(0, 1)).round().to(torch.uint8).permute(1, 2, 0)
    resampling = cv2.INTER_AREA if picture.shape[-1] > CELL else cv2.INTER_NEAREST
    resized = cv2.resize(array.cpu().numpy(), (CELL, CELL), interpolation=resampling)
    return resized.astype(np.uint8, copy=False)
