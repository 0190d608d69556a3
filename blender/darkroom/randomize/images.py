"""Images out of pools."""

import os

import bpy


class ImageError(ValueError):
    """A file is not an image that Blender reads."""


def load_image(path):
    """@raises ImageError that names the file"""
    if not os.path.exists(path):
        raise ImageError(f"there is no image {path}")
    try:
        image = bpy.data.images.load(path, check_existing=True)
    except RuntimeError as error:
        raise ImageError(f"{path} is not an image that Blender reads: {str(error).strip()}") from None
    if min(image.size) < 1:
        raise ImageError(f"{path} is not an image that Blender reads, or it is cut off")
    return image
