import unittest

from test.blender import support  # noqa: F401 (the path)

from darkroom.complaints import complaints_in


class ComplaintsTest(unittest.TestCase):
    def test_sees_what_blender_and_cycles_print_when_a_picture_is_not_right(self):
        for line in (
            "Error: Cannot open file",
            "CUDA error: Out of memory in cuMemAlloc",
            "OptiX error OPTIX_ERROR_INVALID_VALUE",
            "Failed to load CUDA kernel from file",
            "libpng error: [00][00][00][00]: Read error: hit end of file",
            "Reached EOF while decoding PNG",
            "System is out of GPU memory",
            "ERROR (gpu.shader): OpenGL shader compilation error",
        ):
            self.assertEqual(complaints_in([f"  {line}"]), [line])

    def test_lets_pass_what_is_said_on_every_good_day(self):
        lines = [
            "Fra:1 Mem:11.05M (Peak 12.17M) | Time:00:02.87 | Syncing Camera",
            "Saved: '/tmp/errors/o.png'",
            " Time: 00:00.29 (Saving: 00:00.16)",
            "Error: Not freed memory blocks: 4, total unfreed memory 0.002 MB",
            "terror: a film",
            "the people are out of sight",
        ]
        self.assertEqual(complaints_in(lines), [])

    def test_names_each_line_once(self):
        self.assertEqual(complaints_in(["Error: a", "Error: b", "Error: a"]), ["Error: a", "Error: b"])


if __name__ == "__main__":
    unittest.main()
