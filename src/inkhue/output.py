"""Write a result whole or not at all: picture formats by suffix, a temporary file, a rename."""

from __future__ import annotations

import contextlib
import errno
import functools
import io
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from inkhue.errors import InkhueError, UsageError

_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    "png": ("PNG", {"compress_level": 6}),
    "webp": ("WEBP", {"lossless": True, "exact": True}),
    "tiff": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    "jpeg": ("JPEG", {"quality": 95, "subsampling": "4:4:4"}),
}
_SHORT = {"tif": "tiff", "jpg": "jpeg"}
_LONGEST_SIDE = {"WEBP": 16383, "JPEG": 65500}


def save_picture(
    picture: NDArray[np.uint8],
    out: Path,
    *,
    dpi: tuple[float, float] | None = None,
    force: bool = False,
) -> None:
    """Write a picture; the suffix of `out` chooses PNG, WebP (lossless), TIFF or JPEG.

    Args:
        picture: (H, W, 3) sRGB, (H, W, 4) with straight alpha, or (H, W) grey; uint8.
            Colour is tagged sRGB, grey carries no profile.
        out: the file to write.
        dpi: dots per inch across and down; WebP cannot keep it.
        force: whether an existing file may be replaced.

    Raises:
        UsageError: unknown suffix, transparency in a JPEG, a file that exists without `force`.
        InkhueError: it cannot be written (no such folder, no permission, a full disk).
    """
    with replacing(out, force=force) as temporary:
        temporary.write_bytes(encode_picture(picture, out.suffix, dpi))


def encode_picture(
    picture: NDArray[np.uint8], suffix: str, dpi: tuple[float, float] | None = None
) -> bytes:
    """Return the bytes of a picture file; arguments and errors as in `save_picture`."""
    name = suffix.lower().lstrip(".")
    if (name := _SHORT.get(name, name)) not in _FORMATS:
        raise UsageError(
            f"no pictures can be written as {suffix or 'a file without a suffix'!r}: "
            "choose .png, .webp, .tiff or .jpeg"
        )
    kind, options = _FORMATS[name]
    height, width = picture.shape[:2]
    if kind == "JPEG" and picture.ndim == 3 and picture.shape[2] == 4:
        raise UsageError("a JPEG keeps no transparency: choose .png, .webp or .tiff")
    if max(width, height) > (longest := _LONGEST_SIDE.get(kind, 2**31)):
        raise UsageError(
            f"{width}x{height} pixels are too many for {kind} ({longest} a side): "
            "choose .png or .tiff"
        )
    if dpi is not None:
        options = options | {"dpi": dpi}
    if picture.ndim == 3:
        options = options | {"icc_profile": _srgb_profile()}
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(stream, kind, **options)
    return stream.getvalue()


@contextlib.contextmanager
def replacing(out: Path, *, force: bool) -> Iterator[Path]:
    """Give a temporary file in the folder of `out` that becomes `out` if the body succeeds.

    The temporary file has the suffix of `out` and is gone after a failure of any kind, Ctrl-C
    included. An existing `out` is replaced in one step, and stays as it was until then.

    Raises:
        UsageError: `out` exists and `force` is false, or is a folder.
        InkhueError: the body or the rename met an OSError.
    """
    _refuse_existing(out, force)
    # Not tempfile: its files are readable by their owner alone, and the result would stay so.
    temporary = out.with_name(f".inkhue-{secrets.token_hex(6)}{out.suffix}")
    try:
        temporary.open("xb").close()
        yield temporary
        _refuse_existing(out, force)
        temporary.replace(out)
    except OSError as error:
        raise InkhueError(f"cannot write {out}: {_reason(error, out)}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _refuse_existing(out: Path, force: bool) -> None:
    if not out.name or out.is_dir():
        raise UsageError(f"{out} is a folder: name a file")
    if not force and os.path.lexists(out):
        raise UsageError(f"{out} exists: name another file, or replace it with --force")


def _reason(error: OSError, out: Path) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full: free some space or name another folder"
    if error.errno == errno.ENOENT and not out.parent.exists():
        return f"there is no folder {out.parent}: make it first"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "no permission: name another folder"
    return error.strerror or str(error).partition("\n")[0]


@functools.cache
def _srgb_profile() -> bytes:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # The header holds the time it was made; the same picture should give the same file.
    profile[24:36] = bytes((7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))
    return bytes(profile)
