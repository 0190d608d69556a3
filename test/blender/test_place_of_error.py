import os
import tempfile
import unittest

from test.blender import support  # noqa: F401 (the path)

from darkroom.place_of_error import place_of


def caught(path, source):
    """What is known of the error that a scene's code raises when it is run from here."""
    try:
        exec(compile(source, path, "exec"), {})
    except Exception as error:
        return place_of(error, path)
    raise AssertionError("nothing was raised")


class PlaceOfError(unittest.TestCase):
    def setUp(self):
        self.path = os.path.join(tempfile.gettempdir(), "scene", "room.py")

    def test_is_the_innermost_line_of_the_scene_and_the_traceback_begins_with_the_scene(self):
        place, lines = caught(self.path, "import os\n\ndef wall():\n    os.stat('/nowhere')\n\nwall()\n")
        self.assertEqual(place, f"{self.path}:4")
        self.assertIn(f'File "{self.path}", line 6', lines[1])
        self.assertNotIn(__file__, "\n".join(lines))
        self.assertIn("FileNotFoundError", lines[-1])

    def test_of_code_that_cannot_be_read_is_what_the_compiler_says(self):
        place, lines = caught(self.path, "def build(scene)\n    pass\n")
        self.assertEqual(place, f"{self.path}:1")
        self.assertNotIn(__file__, "\n".join(lines))
        self.assertIn("SyntaxError", lines[-1])

    def test_of_our_own_code_is_none_and_the_traceback_is_whole(self):
        try:
            raise ValueError("ours")
        except ValueError as error:
            place, lines = place_of(error, self.path)
        self.assertIsNone(place)
        self.assertIn(__file__, "\n".join(lines))


if __name__ == "__main__":
    unittest.main()
