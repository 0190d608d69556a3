"""Readers of MakeHuman's files: base.obj, .target, .mhskel, .mhw. No bpy. Lengths become metres and axes ours: x to the
person's right, y forward, z up (theirs: decimetres, x to the left, y up, z forward)."""

import json
from dataclasses import dataclass

import numpy as np

TO_OURS = 0.1 * np.array([[-1.0, 0, 0], [0, 0, 1.0], [0, 1.0, 0]], dtype=np.float32)


class AssetError(ValueError):
    """A file that is not there, or not what its name says; names file and line."""


@dataclass(frozen=True)
class BaseMesh:
    """vertices [N, 3] metres; groups: quads [M, 4] by the group's name"""

    vertices: np.ndarray
    groups: dict


def read_obj(path):
    """Vertices and groups of faces; triangles repeat their first index. @raises AssetError"""
    vertices, groups, current = [], {}, None
    for number, line in _lines(path):
        try:
            if line.startswith("v "):
                vertices.append([float(word) for word in line.split()[1:4]])
            elif line.startswith("g "):
                current = groups.setdefault(line.split()[1], [])
            elif line.startswith("f "):
                corners = [int(word.split("/")[0]) - 1 for word in line.split()[1:]]
                if len(corners) not in (3, 4) or current is None:
                    raise ValueError
                current.append(corners if len(corners) == 4 else [*corners, corners[0]])
        except (ValueError, IndexError):
            raise AssetError(f"{path}:{number}: not a line of an OBJ of quads in groups: {line.strip()[:60]!r}") from None
    if not vertices or not groups:
        raise AssetError(f"{path}: no vertices or no groups of faces")
    quads = {name: np.array(faces, dtype=np.int32) for name, faces in groups.items() if faces}
    highest = max(int(faces.max()) for faces in quads.values())
    if highest >= len(vertices):
        raise AssetError(f"{path}: a face names vertex {highest + 1} of {len(vertices)}")
    return BaseMesh(np.array(vertices, dtype=np.float32) @ TO_OURS.T, quads)


def read_target(path, vertex_count):
    """@returns indices [K] and how far to move them [K, 3] metres @raises AssetError"""
    text = "".join(line for _, line in _lines(path) if line.strip() and not line.startswith("#"))
    try:
        table = np.array(text.split(), dtype=np.float64).reshape(-1, 4)
    except ValueError:
        raise AssetError(f"{path}: not lines of a vertex and three numbers") from None
    index = table[:, 0].astype(np.int32)
    if len(index) and (index.min() < 0 or index.max() >= vertex_count):
        raise AssetError(f"{path}: names vertex {int(index.max())}, the base mesh has {vertex_count}")
    return index, (table[:, 1:] @ TO_OURS.T).astype(np.float32)


@dataclass(frozen=True)
class Rig:
    """parents and heads by bone; a head is the mean of the vertices [K] listed for it"""

    parents: dict
    heads: dict


def read_rig(path):
    """@raises AssetError"""
    data = _json(path)
    try:
        bones, joints = data["bones"], data["joints"]
        return Rig(
            {name: bone["parent"] for name, bone in bones.items()},
            {name: np.array(joints[bone["head"]], dtype=np.int32) for name, bone in bones.items()},
        )
    except (KeyError, TypeError) as error:
        raise AssetError(f"{path}: not a skeleton with bones and joints: {error} is missing") from None


def read_weights(path):
    """@returns {bone: (indices [K], weights [K])} @raises AssetError"""
    data = _json(path)
    if not isinstance(data, dict) or "weights" not in data:
        raise AssetError(f"{path}: there are no weights in it")
    weights = {}
    for bone, pairs in data["weights"].items():
        table = np.array(pairs, dtype=np.float64).reshape(-1, 2)
        weights[bone] = (table[:, 0].astype(np.int32), table[:, 1].astype(np.float32))
    return weights


def _json(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except OSError as error:
        raise AssetError(f"{path}: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise AssetError(f"{path}:{error.lineno}: not JSON: {error.msg}") from None


def _lines(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            yield from enumerate(file, 1)
    except OSError as error:
        raise AssetError(f"{path}: {error.strerror}") from None
