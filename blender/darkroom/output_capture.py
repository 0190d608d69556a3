"""What Blender and Cycles print. Some of it goes past Python, straight to the file descriptors 1 and 2: a kernel that
fails, a picture that is cut off. No bpy."""

import ctypes
import os
import sys


class OutputCapture:
    """Sends descriptors 1 and 2 into a file, where the lines of each frame can be told apart. What was read is
    passed on to where it went before. After a crash the file still holds what was printed last."""

    def __init__(self, path):
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o644)
        self._libc = _c_library()
        self._before = {}
        self._read = 0

    def __enter__(self):
        self._flush()
        for descriptor in (1, 2):
            self._before[descriptor] = os.dup(descriptor)
            os.dup2(self._file, descriptor)
        return self

    def __exit__(self, *_):
        self.lines()
        for descriptor, before in self._before.items():
            os.dup2(before, descriptor)
            os.close(before)
        os.close(self._file)

    def lines(self):
        """The lines printed since the last call."""
        self._flush()
        size = os.fstat(self._file).st_size
        data = os.pread(self._file, size - self._read, self._read)
        self._read = size
        _write_all(self._before[1], data)
        return data.decode("utf-8", "replace").splitlines()

    def _flush(self):
        sys.stdout.flush()
        sys.stderr.flush()
        if self._libc is not None:
            self._libc.fflush(None)


def _write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data) :]


def _c_library():
    """C's own buffers are not Python's; without ctypes their lines come later, with those of another frame."""
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
