"""The results file: one JSON line for everything that happened, on disk before the next thing happens."""

import json
import os
import threading


class Results:
    def __init__(self, path):
        self._file = open(path, "a", encoding="utf-8")  # noqa: SIM115 (open for the whole job)
        self._lock = threading.Lock()

    def ready(self, facts):
        """The scene is loaded and the parameters fit; frames follow."""
        self._write({"event": "ready", **facts})

    def fatal(self, message, details=()):
        """Nothing of this job can be rendered."""
        self._write({"event": "fatal", "message": message, "details": list(details)})

    def started(self, frame_id):
        """Whoever dies after this line died of this frame."""
        self._write({"event": "started", "id": frame_id})

    def finished(self, frame_id, record, notes, seconds, resident_mb):
        """All files of the frame are complete under their names."""
        self._write(
            {
                "event": "finished",
                "id": frame_id,
                "record": record,
                "notes": list(notes),
                "seconds": seconds,
                "residentMb": resident_mb,
            }
        )

    def failed(self, frame_id, error, place, traceback):
        self._write(
            {"event": "failed", "id": frame_id, "error": error, "place": place, "traceback": list(traceback)}
        )

    def recycled(self, resident_mb):
        """This process has grown too large; a fresh one is to go on."""
        self._write({"event": "recycled", "residentMb": resident_mb})

    def alive(self, resident_mb):
        """A sign of life, from another thread; nothing is lost with it."""
        self._write({"event": "alive", "residentMb": resident_mb}, lasting=False)

    def _write(self, line, lasting=True):
        text = json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n"
        with self._lock:
            self._file.write(text)
            self._file.flush()
            if lasting:
                os.fsync(self._file.fileno())
