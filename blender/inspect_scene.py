"""Says what a scene is made of, before any frame of it is rendered.

blender -b --factory-startup --disable-autoexec --python-exit-code 3 --python blender/inspect_scene.py -- SCENE
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from darkroom import inspection  # noqa: E402  (needs the path above)

inspection.run(sys.argv[sys.argv.index("--") + 1])
