import os
import tempfile
import unittest

from test.blender import support  # noqa: F401 (the path)

from darkroom.scene_imports import imported_files


class SceneImportsTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)

    def _write(self, **files):
        for name, text in files.items():
            path = os.path.join(self._folder.name, *name.split("__in__")[::-1]) + ".py"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

    def _imports(self):
        folder = self._folder.name
        return [os.path.relpath(path, folder) for path in imported_files(os.path.join(folder, "room.py"))]

    def test_follows_modules_into_modules_and_leaves_others_out(self):
        self._write(room="import bpy\nimport walls", walls="from paint import red", paint="red = 1", unused="x = 1")
        self.assertEqual(self._imports(), ["paint.py", "walls.py"])

    def test_sees_branches_that_have_not_run(self):
        self._write(room="def build():\n    if False:\n        import walls", walls="")
        self.assertEqual(self._imports(), ["walls.py"])

    def test_packages_bring_their_init_and_relative_imports(self):
        self._write(
            room="from parts import chair",
            __init____in__parts="",
            chair__in__parts="from .legs import four\nfrom . import seat",
            legs__in__parts="import room",
            seat__in__parts="",
            table__in__parts="",
        )
        expected = ["parts/__init__.py", "parts/chair.py", "parts/legs.py", "parts/seat.py"]
        self.assertEqual(self._imports(), expected)

    def test_a_file_that_is_no_python_imports_nothing(self):
        self._write(room="import walls", walls="def (:")
        self.assertEqual(self._imports(), ["walls.py"])


if __name__ == "__main__":
    unittest.main()
