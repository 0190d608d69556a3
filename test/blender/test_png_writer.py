import struct
import unittest
import zlib

import numpy as np

from test.blender import support  # noqa: F401 (the path)

from darkroom.png_chunks import SIGNATURE, without_volatile_chunks
from darkroom.png_writer import png_of


def decoded(data, channels):
    """The values of a PNG of 16 bits whose rows are differences to the ones above."""
    width, height, depth, colour = struct.unpack_from(">IIBB", data, len(SIGNATURE) + 8)
    assert (depth, colour) == (16, 0 if channels == 1 else 2)
    at = data.index(b"IDAT")
    (length,) = struct.unpack_from(">I", data, at - 4)
    rows = np.frombuffer(zlib.decompress(data[at + 4 : at + 4 + length]), dtype=np.uint8)
    rows = rows.reshape(height, 1 + width * channels * 2)
    assert (rows[:, 0] == 2).all()
    whole = np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8)
    return whole.view(">u2").reshape(height, width, channels).astype(int)


class PngWriterTest(unittest.TestCase):
    def test_keeps_every_value_of_sixteen_bits(self):
        values = np.arange(65536).reshape(256, 256)
        self.assertTrue((decoded(png_of(values), 1)[:, :, 0] == values).all())

    def test_writes_three_channels(self):
        values = np.random.default_rng(1).integers(0, 65536, (5, 7, 3))
        self.assertTrue((decoded(png_of(values), 3) == values).all())

    def test_is_a_whole_png_without_what_changes_from_run_to_run(self):
        data = png_of(np.zeros((4, 4), dtype=int))
        self.assertEqual(without_volatile_chunks(data), data)

    def test_refuses_other_numbers_of_channels(self):
        with self.assertRaisesRegex(ValueError, "4 channels"):
            png_of(np.zeros((2, 2, 4), dtype=int))


if __name__ == "__main__":
    unittest.main()
