"""Puts what runs inside Blender on the path; its pure modules need no Blender."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "blender"))
