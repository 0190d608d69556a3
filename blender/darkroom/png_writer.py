"""PNG files of 16 bits a channel, byte for byte the same wherever they are made. No bpy."""

import struct
import zlib

import numpy as np

from .png_chunks import SIGNATURE

GREY, RGB = 0, 2
"""Masks are large areas of one value: more effort hardly makes them smaller."""
COMPRESSION = 2


def png_of(values):
    """@param values [height, width] or [height, width, 3] of 0–65535, rows from the top @returns the file's bytes"""
    height, width = values.shape[:2]
    channels = 1 if values.ndim == 2 else values.shape[2]
    if channels not in (1, 3):
        raise ValueError(f"a PNG of {channels} channels is not known")
    samples = np.ascontiguousarray(values, dtype=">u2").reshape(height, width * channels)
    rows = np.empty((height, 1 + samples.shape[1] * 2), dtype=np.uint8)
    # Each row as its difference to the one above (filter 2): equal rows become zeros.
    rows[:, 0] = 2
    data = samples.view(np.uint8)
    rows[0, 1:] = data[0]
    rows[1:, 1:] = data[1:] - data[:-1]
    header = struct.pack(">IIBBBBB", width, height, 16, GREY if channels == 1 else RGB, 0, 0, 0)
    return b"".join(
        [
            SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), COMPRESSION)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
