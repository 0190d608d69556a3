"""Where in a scene's own files something went wrong. No bpy."""

import os
import traceback


def place_of(error, scene_path):
    """@returns `file:line` in the scene's folder or below, or None; and the traceback's lines, from the scene on"""
    folder = os.path.dirname(os.path.abspath(scene_path)) + os.sep
    place = None
    for entry in traceback.extract_tb(error.__traceback__):
        if os.path.abspath(entry.filename).startswith(folder):
            place = f"{entry.filename}:{entry.lineno}"
    steps = error.__traceback__
    while place and not os.path.abspath(steps.tb_frame.f_code.co_filename).startswith(folder):
        steps = steps.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        # It shows its own line; how we came to read the file is of no interest.
        place, steps = f"{error.filename}:{error.lineno}", None
    return place, "".join(traceback.format_exception(type(error), error, steps)).rstrip().split("\n")
