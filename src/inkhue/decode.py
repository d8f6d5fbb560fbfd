"""Decode a picture file of any mode: upright, eight bits a channel, sRGB, alpha apart."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, ImageOps

from inkhue.errors import InkhueError
from inkhue.pixels import rounded, strips

_FORMATS = (
    *("PNG", "JPEG", "GIF", "BMP", "PPM", "WEBP", "TIFF", "JPEG2000", "AVIF"),
    *("PSD", "QOI", "PCX", "SGI", "DIB", "ICO", "TGA"),
)
_PAGED_FORMATS = ("PNG", "GIF", "WEBP", "TIFF", "AVIF")
_PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def read_header(stream: BinaryIO, name: str) -> Image.Image:
    """Find the format and the size, decode nothing.

    Not Image.open: its check for bombs has a limit of its own, global, and hides the size.
    InkhueError if it is empty, damaged or no picture.
    """
    start = stream.read(16)
    if not start:
        raise InkhueError(f"{name} is empty (0 bytes): save it again")
    for kind in _FORMATS:
        if kind not in Image.OPEN:
            Image.init()
        factory, accepts = Image.OPEN.get(kind, (None, None))
        try:
            if factory is None or (accepts is not None and accepts(start) is not True):
                continue
            stream.seek(0)
            return factory(stream, "")
        except Image.DecompressionBombError as error:
            raise InkhueError(f"{name} has far too many pixels: scale it down") from error
        except (SyntaxError, IndexError, TypeError, struct.error):
            continue
        except Exception as error:  # damage has as many faces as there are formats
            raise damaged(name, error) from error
    raise InkhueError(f"{name} is no picture that inkhue can open: save it as PNG")


def damaged(name: str, error: Exception) -> InkhueError:
    """Return what to tell about a file whose decoding raised `error`."""
    detail = str(error).partition("\n")[0] or type(error).__name__
    return InkhueError(f"{name} is cut off or damaged ({detail}): save it again")


def decode(
    image: Image.Image, name: str
) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None, list[str]]:
    """Return straight RGB (H, W, 3), alpha (H, W) where the mode has one, and warnings.

    Damage raises whatever Pillow raises.
    """
    image.load()
    warnings = []
    if image.format in _PAGED_FORMATS and getattr(image, "is_animated", False):
        warnings.append(f"{name} holds several pictures: the first is used")
    profile = image.info.get("icc_profile")
    image = _eight_bits(_upright(image))
    if image.mode in ("La", "RGBa"):
        image = image.convert(image.mode.upper())
    grey, kept = image.mode in ("1", "L", "LA"), image.mode in ("CMYK", "LAB")
    mode = "L" if grey else image.mode if kept else "RGB"
    alpha = None
    if image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = np.asarray(image.getchannel("A"))
    if image.mode != mode:
        image = image.convert(mode)
    try:
        image = _to_srgb(image, profile)
    except (ImageCms.PyCMSError, OSError, KeyError, TypeError, ValueError):
        warnings.append(f"{name} has a broken or foreign colour profile: it is ignored")
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB")), alpha, warnings


def _upright(image: Image.Image) -> Image.Image:
    try:
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
        return ImageOps.exif_transpose(image) if turned else image
    except Exception:  # a picture with broken EXIF data is still a picture
        return image


def dots_per_inch(image: Image.Image) -> tuple[float, float] | None:
    """Return dots per inch across and down, None without any or where they make no sense."""
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 1 <= across < 1e5 and 1 <= down < 1e5 else None


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale grey of 16 or 32 bits or of real numbers to L; its range is told by its largest."""
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.nan_to_num(np.asarray(image), posinf=0)
    ranges = {"I": (255, 65535), "F": (1, 255, 65535)}.get(image.mode, (65535,))
    if image.format in ("PNG", "PPM"):
        ranges = (65535,)
    top = float(values.max())
    full = next((limit for limit in ranges if top <= limit), top)
    out = np.empty(values.shape, np.uint8)
    for rows in strips(out):
        out[rows] = rounded(values[rows].astype(np.float32) * np.float32(255 / full))
    return Image.fromarray(out)


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert L, RGB, CMYK or LAB by its profile; a picture that is sRGB keeps its pixels."""
    lab = image.mode == "LAB"
    if not (profile or lab):
        return image
    srgb = ImageCms.createProfile("sRGB")
    source = ImageCms.ImageCmsProfile(
        ImageCms.createProfile("LAB") if lab else io.BytesIO(profile or b"")
    )
    mode = "LAB" if lab else _PROFILE_MODES[source.profile.xcolor_space.strip()]
    transform = ImageCms.buildTransform(
        *(source, srgb, mode, "RGB"),
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    if mode == "RGB" and image.mode == "L":
        image = image.convert("RGB")
    if mode != image.mode:
        raise ValueError(f"a profile for {mode} on a picture of {image.mode}")
    if mode in ("L", "RGB") and _changes_nothing(transform, mode):
        return image
    return ImageCms.applyTransform(image, transform) or image


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Tell whether a transform to sRGB is one in name only: rounding must not touch the lines."""
    ramp = np.arange(0, 256, 17, dtype=np.uint8)
    grid = np.stack(np.meshgrid(ramp, ramp, ramp), -1).reshape(64, 64, 3)
    before = Image.fromarray(ramp[None] if mode == "L" else grid)
    after = ImageCms.applyTransform(before, transform)
    change = np.asarray(after, np.int16) - np.asarray(before.convert("RGB"), np.int16)
    return bool(np.abs(change).max() <= 2)
