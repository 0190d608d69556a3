"""The results file: one JSON line for everything that happened, on disk before the next thing happens."""

import json
import os


class Results:
    def __init__(self, path):
        self._file = open(path, "a", encoding="utf-8")  # noqa: SIM115 (open for the whole job)

    def ready(self, facts):
        """The scene is loaded and the parameters fit; frames follow."""
        self._write({"event": "ready", **facts})

    def fatal(self, message, details=()):
        """Nothing of this job can be rendered."""
        self._write({"event": "fatal", "message": message, "details": list(details)})

    def started(self, frame_id):
        """Whoever dies after this line died of this frame."""
        self._write({"event": "started", "id": frame_id})

    def finished(self, frame_id, record, notes, seconds):
        """All files of the frame are complete under their names."""
        self._write({"event": "finished", "id": frame_id, "record": record, "notes": list(notes), "seconds": seconds})

    def failed(self, frame_id, error, place, traceback):
        self._write(
            {"event": "failed", "id": frame_id, "error": error, "place": place, "traceback": list(traceback)}
        )

    def _write(self, line):
        self._file.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
