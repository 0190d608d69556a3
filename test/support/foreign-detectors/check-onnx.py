"""Checks ONNX models, shapes and types included, with onnx's own checker (Debian: python3-onnx)."""
import sys

import onnx

for path in sys.argv[1:]:
    onnx.checker.check_model(path, full_check=True)
    print(path)
