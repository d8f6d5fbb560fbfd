"""Weights of the feature networks: found by path, read from safetensors, checked by name and shape.

They are no part of the product: docs/evaluation.md says where to get and how to convert them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from inkhue.errors import InkhueError

FILES = {
    "lpips-squeeze": "lpips-squeeze.safetensors",
    "fid-inception": "fid-inception-fp16.safetensors",
}
ORIGIN = {
    "lpips-squeeze": "torchvision's squeezenet1_1 with the heads of lpips 0.1",
    "fid-inception": "pytorch-fid's pt_inception-2015-12-05",
}
FOLDER_VARIABLE = "INKHUE_PERCEPTUAL"


def find_weights(name: str) -> Path:
    """Find the file of "lpips-squeeze" or "fid-inception".

    Looked for in the folder $INKHUE_PERCEPTUAL, then in `perceptual` of inkhue's user data folder;
    a missing file is an InkhueError that says what to get.
    """
    user = Path(platformdirs.user_data_dir("inkhue", appauthor=False)) / "perceptual"
    named = os.environ.get(FOLDER_VARIABLE)
    for folder in ([Path(named)] if named else []) + [user]:
        if (folder / FILES[name]).is_file():
            return folder / FILES[name]
    raise InkhueError(
        f"no weights {name!r}: convert {ORIGIN[name]} into {FILES[name]} as docs/evaluation.md "
        f"says, and put it into {user} or the folder that ${FOLDER_VARIABLE} names"
    )


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a safetensors file by name; an unreadable one is an InkhueError."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise broken(path, f"it cannot be read ({error})") from error


def fill(network: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Put tensors of these names into a network made on the meta device, and make it ready.

    Tensors that the network has no place for are left out; one that is missing or of another shape
    is an InkhueError that names `path`.
    """
    wanted = network.state_dict()
    for name, place in wanted.items():
        if name not in tensors:
            raise broken(path, f"{name} is missing")
        if tensors[name].shape != place.shape:
            shapes = f"{tuple(tensors[name].shape)}, not {tuple(place.shape)}"
            raise broken(path, f"{name} is {shapes}")
    network.load_state_dict({name: laid_out(tensors[name]) for name in wanted}, assign=True)
    network.requires_grad_(False)


def laid_out(tensor: Tensor) -> Tensor:
    """Float32, channels last: saves a quarter of the time of both networks on a processor."""
    if tensor.ndim == 4:
        return tensor.float().contiguous(memory_format=torch.channels_last)
    return tensor.float()


def broken(path: Path, what: str) -> InkhueError:
    """Return the error for a weight file that is not what it should be."""
    return InkhueError(f"{path}: {what}: convert it again as docs/evaluation.md says")
