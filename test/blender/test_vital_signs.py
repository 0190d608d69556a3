import os
import tempfile
import threading
import unittest

from test.blender import support  # noqa: F401 (the path)

from darkroom.vital_signs import Heartbeat, is_abandoned, resident_mb


class VitalSignsTest(unittest.TestCase):
    def test_resident_memory_grows_with_what_is_held(self):
        before = resident_mb()
        held = b"x" * (80 << 20)
        self.assertGreater(resident_mb(), before + 60)
        self.assertEqual(len(held), 80 << 20)

    def test_beats_until_it_ends(self):
        beats = threading.Semaphore(0)
        with Heartbeat(beats.release, 0.01):
            for _ in range(3):
                self.assertTrue(beats.acquire(timeout=5))
        while beats.acquire(blocking=False):
            pass
        self.assertFalse(beats.acquire(timeout=0.1))

    def test_is_abandoned_without_whoever_started_it_or_without_its_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            results = os.path.join(folder, "results.jsonl")
            self.assertTrue(is_abandoned(os.getppid(), results))
            with open(results, "w", encoding="utf-8"):
                self.assertFalse(is_abandoned(os.getppid(), results))
            self.assertTrue(is_abandoned(os.getpid(), results))


if __name__ == "__main__":
    unittest.main()
