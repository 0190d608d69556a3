import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

from test.blender import support

SCRIPT = """
    import ctypes, os, sys
    sys.path.insert(0, {path!r})
    from darkroom.output_capture import OutputCapture
    with OutputCapture({log!r}) as output:
        print("by Python")
        os.write(2, b"past Python\\n")
        ctypes.CDLL(None).puts(b"by C's own buffer")
        first = output.lines()
        print("later")
        second = output.lines()
        {end}
    print("after", first, second)
"""


class OutputCaptureTest(unittest.TestCase):
    def run_script(self, log, end="pass"):
        script = textwrap.dedent(SCRIPT).format(path=str(support.ROOT / "blender"), log=log, end=end)
        return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    def test_tells_the_lines_of_one_step_from_those_of_the_next(self):
        with tempfile.TemporaryDirectory() as folder:
            result = self.run_script(os.path.join(folder, "log"))
            last = result.stdout.splitlines()[-1]
            for line in ("by Python", "past Python", "by C's own buffer"):
                self.assertIn(line, last.split("] [")[0])
            self.assertIn("['later']", last)
            # All of it is passed on, and descriptors are as before.
            self.assertIn("past Python", result.stdout)
            self.assertEqual(result.stderr, "")

    def test_keeps_the_last_words_of_a_process_that_dies(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "log")
            self.run_script(log, "os.write(1, b'last words\\n'); os.kill(os.getpid(), 9)")
            self.assertTrue(Path(log).read_text(encoding="utf-8").endswith("last words\n"))


if __name__ == "__main__":
    unittest.main()
