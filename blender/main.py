"""The one entry into Blender.

blender -b --factory-startup --disable-autoexec --python-exit-code 3 --python blender/main.py -- job.json
"""

import os
import sys

# Blender does not put a script's own folder on the path; and it must not leave byte code beside the sources.
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from darkroom import run_job  # noqa: E402  (needs the path above)

arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
if len(arguments) != 1:
    raise SystemExit("usage: blender -b --factory-startup --python blender/main.py -- JOB.json")
run_job.run(arguments[0])
