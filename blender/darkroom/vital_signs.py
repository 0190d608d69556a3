"""That this process lives, how much memory it has, and whether anybody waits for it. No bpy."""

import os
import resource
import sys
import threading

BYTES_PER_MIB = 1024 * 1024


def resident_mb():
    """MiB of memory that this process has now; where only the most it ever had is known (macOS), that."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            pages = int(file.read().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / BYTES_PER_MIB
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / BYTES_PER_MIB if sys.platform == "darwin" else most / 1024


def is_abandoned(parent, results_file):
    """Whoever started this was killed, perhaps before we could see it: then a later run has cleared our folder away.
    Nobody will take the frames."""
    return os.getppid() != parent or not os.path.exists(results_file)


class Heartbeat:
    """Calls `beat` every so many seconds from a thread of its own. Blender's renderer lets go of Python while it
    works, so the beat goes on; code that holds on to Python for minutes stops it."""

    def __init__(self, beat, period_seconds):
        self._beat = beat
        self._period_seconds = period_seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="heartbeat", daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _go_on(self):
        while not self._ended.wait(self._period_seconds):
            self._beat()
