import struct
import unittest
import zlib

from test.blender import support  # noqa: F401 (the path)

from darkroom.png_chunks import SIGNATURE, without_volatile_chunks


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*texts):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 16, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0\7"))
    return SIGNATURE + header + b"".join(chunk(b"tEXt", text) for text in texts) + pixels + chunk(b"IEND", b"")


class PngChunksTest(unittest.TestCase):
    def test_pictures_that_differ_in_their_texts_become_equal(self):
        self.assertEqual(without_volatile_chunks(png(b"time\x001", b"x\0y")), png())
        self.assertEqual(without_volatile_chunks(png()), png())

    def test_a_file_that_is_cut_off_is_refused_wherever_the_cut_is(self):
        whole = png(b"time\x001")
        for length in range(len(whole)):
            with self.assertRaises(ValueError):
                without_volatile_chunks(whole[:length])


if __name__ == "__main__":
    unittest.main()
