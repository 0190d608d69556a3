"""Where in a scene's own files something went wrong. No bpy."""

import os
import traceback


def place_of(error, scene_path):
    """@returns `file:line` in the scene's folder or below, or None; and the traceback's lines"""
    folder = os.path.dirname(os.path.abspath(scene_path))
    place = None
    for entry in traceback.extract_tb(error.__traceback__):
        path = os.path.abspath(entry.filename)
        if path.startswith(folder + os.sep):
            place = f"{entry.filename}:{entry.lineno}"
    if isinstance(error, SyntaxError) and error.filename:
        place = f"{error.filename}:{error.lineno}"
    return place, "".join(traceback.format_exception(error)).rstrip().split("\n")
