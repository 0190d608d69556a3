"""PNG files without what changes from run to run. No bpy."""

import struct

SIGNATURE = b"\x89PNG\r\n\x1a\n"
"""Text (Cycles writes how long it took), and the time of the last change."""
VOLATILE = (b"tEXt", b"zTXt", b"iTXt", b"tIME")


def without_volatile_chunks(data):
    """The same picture, byte for byte the same whenever it was rendered.
    @raises ValueError when the file is cut off or not a PNG"""
    if not data.startswith(SIGNATURE):
        raise ValueError("not a PNG")
    kept, at = [SIGNATURE], len(SIGNATURE)
    while True:
        if at + 12 > len(data):
            raise ValueError("the PNG is cut off")
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise ValueError("the PNG is cut off")
        if kind not in VOLATILE:
            kept.append(data[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end
