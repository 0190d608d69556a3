"""Prints what this Blender can do, as one line of JSON after a mark.

blender -b --factory-startup --disable-autoexec --python-exit-code 3 --python blender/probe.py
"""

import json
import os
import sys

import bpy

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from darkroom import engine  # noqa: E402
from darkroom.feature_probe import enum_items  # noqa: E402

try:
    import numpy

    numpy_version = numpy.__version__
except ImportError:
    numpy_version = None

has_cycles = "cycles" in bpy.context.preferences.addons
facts = {
    "version": bpy.app.version_string,
    "buildHash": bpy.app.build_hash.decode(),
    "binary": bpy.app.binary_path,
    "cycles": has_cycles,
    "gpu": has_cycles and engine.has_gpu(),
    "denoisers": enum_items(bpy.context.scene.cycles, "denoiser") if has_cycles else [],
    "numpy": numpy_version,
    "python": sys.version.split()[0],
}
print("DARKROOM-PROBE " + json.dumps(facts))
