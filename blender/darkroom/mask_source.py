"""Two ways to the instance mask of a rendered frame: from the Viewer node's memory (a custom build runs it in the
background) or from a file (every build). Both give the same numbers.

The Object Index pass is not anti-aliased: its values are exact integers."""

import os

import bpy
import numpy as np

from .targets import MAX_INSTANCE

VIEWER_IMAGE = "Viewer Node"


def viewer_mask(tree, index_output):
    """@returns a function that reads the mask [height, width] after the render, rows from the top"""
    viewer = tree.nodes.new("CompositorNodeViewer")
    tree.links.new(index_output, viewer.inputs["Image"])
    tree.nodes.active = viewer

    def read(shape):
        image = bpy.data.images.get(VIEWER_IMAGE)
        found = None if image is None else (image.size[1], image.size[0])
        if found != shape:
            raise RuntimeError(
                f"the Viewer node holds {found}, not {shape}: this Blender does not run Viewer nodes in the background"
            )
        return _numbers(image, 1)

    return read


def file_mask(scene, prefix):
    """@param prefix the path of the PNG before its frame number, values divided by 65535
    @returns as viewer_mask; the file is removed once it is read"""

    def read(shape):
        path = f"{prefix}{scene.frame_current:04d}.png"
        if not os.path.exists(path):
            raise RuntimeError(f"Blender wrote no {os.path.basename(path)}; what it printed says why")
        image = bpy.data.images.load(path)
        try:
            image.colorspace_settings.name = "Non-Color"
            mask = _numbers(image, MAX_INSTANCE)
        finally:
            bpy.data.images.remove(image)
        os.remove(path)
        if mask.shape != shape:
            raise RuntimeError(f"the mask is {mask.shape[1]} × {mask.shape[0]}, not {shape[1]} × {shape[0]}")
        return mask

    return read


def _numbers(image, factor):
    width, height = image.size
    values = np.empty(width * height * image.channels, dtype=np.float32)
    image.pixels.foreach_get(values)
    return np.rint(values.reshape(height, width, image.channels)[::-1, :, 0] * factor).astype(np.int32)
