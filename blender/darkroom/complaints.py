"""Which printed lines say that a picture is not what it should be. No bpy."""

import re

_COMPLAINT = re.compile(
    r"^(Error|ERROR)\b"
    r"|\b(CUDA|OptiX|HIP|oneAPI|Metal|Cycles|OpenGL|Vulkan)\b.{0,20}\berror\b"
    r"|\bFailed to (load|create|execute|build|compile|allocate)\b"
    r"|\b(libpng|libjpeg|OpenEXR|OpenImageIO|TIFF)\b.{0,20}\berror\b"
    r"|\bReached EOF while decoding\b"
    r"|\bImage file .* (does not exist|could not be)"
    r"|\bout of (GPU |device )?memory\b",
    re.IGNORECASE,
)

"""Said on every good day."""
_HARMLESS = re.compile(r"^Error: Not freed memory blocks")


def complaints_in(lines):
    """The lines in which Blender or Cycles speak of an error, each once, in their order."""
    found = {}
    for line in lines:
        text = line.strip()
        if _COMPLAINT.search(text) and not _HARMLESS.search(text):
            found[text] = None
    return list(found)
