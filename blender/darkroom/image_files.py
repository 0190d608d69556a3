"""Pictures that a scene's materials and world use: Cycles renders a missing one in pink and goes on, without a word
on any channel. A person would rather know."""

import os

import bpy

"""Files that were read once by this process, as (path, mtime, size): a pool's texture is tried once, not every frame."""
_readable = set()


class ImageFileError(RuntimeError):
    """A picture that the scene uses is missing, or cannot be read."""


def expect_images():
    """@raises ImageFileError that names the picture and its file"""
    for image in bpy.data.images:
        if image.users == 0 or image.packed_file is not None:
            continue
        if image.source == "TILED":
            for tile in image.tiles:
                _expect_file(image, _path_of(image).replace("<UDIM>", str(tile.number)))
        elif image.source == "FILE":
            path = _path_of(image)
            _expect_file(image, path)
            _expect_readable(image, path)
        elif image.source in ("SEQUENCE", "MOVIE"):
            _expect_file(image, _path_of(image))


def _path_of(image):
    return bpy.path.abspath(image.filepath, library=image.library)


def _expect_file(image, path):
    if not os.path.exists(path):
        raise ImageFileError(f"the texture {image.name} is missing: {path}")


def _expect_readable(image, path):
    status = os.stat(path)
    known = (path, status.st_mtime_ns, status.st_size)
    if known in _readable:
        return
    # Asking for the size makes Blender decode the file.
    if 0 in tuple(image.size):
        raise ImageFileError(f"the texture {image.name} cannot be read: {path} is no picture, or is damaged")
    _readable.add(known)
