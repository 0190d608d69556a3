"""What the surfaces of a person are made of: data that person_materials.py turns into materials. No bpy."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Look:
    """kind: skin, eye, hair, cloth, leather. Skin, eyes and hair have their colours at the vertices."""

    kind: str
    colour: tuple
    second: tuple = (0.0, 0.0, 0.0)
    pattern: str = "plain"
    scale: float = 0.08


@dataclass(frozen=True)
class Part:
    """One surface of a person: vertices [N, 3] metres, quads [M, 4] into them, colours [N, 3] linear RGB; cloth [N, 3]:
    where they lie on the body at rest, if that is known."""

    vertices: np.ndarray
    quads: np.ndarray
    look: Look
    colours: np.ndarray | None = None
    cloth: np.ndarray | None = None


@dataclass(frozen=True)
class Figure:
    """A person's mesh. cloth [N, 3]: where each vertex lies on the body at rest, metres, for patterns; slots [M]:
    the look of each quad; keypoints: COCO's 17 by name, [3] each, a little inside the body."""

    vertices: np.ndarray
    quads: np.ndarray
    colours: np.ndarray
    cloth: np.ndarray
    slots: np.ndarray
    looks: tuple
    keypoints: dict


def joined(parts, keypoints, cloth_of=None):
    """Parts as one figure. @param cloth_of (vertices [N, 3]) → their places at rest [N, 3], for parts without any"""
    parts = [part for part in parts if len(part.quads)]
    looks = list(dict.fromkeys(part.look for part in parts))
    offsets = np.cumsum([0, *(len(part.vertices) for part in parts)])
    vertices = np.concatenate([part.vertices for part in parts])
    colours = [
        np.tile(np.array(part.look.colour, dtype=np.float32), (len(part.vertices), 1))
        if part.colours is None else part.colours
        for part in parts
    ]
    return Figure(
        vertices=vertices,
        quads=np.concatenate([part.quads + offset for part, offset in zip(parts, offsets)]).astype(np.int32),
        colours=np.concatenate(colours).astype(np.float32),
        cloth=np.concatenate([_cloth(part, cloth_of) for part in parts]).astype(np.float32),
        slots=np.concatenate([np.full(len(part.quads), looks.index(part.look), dtype=np.int32) for part in parts]),
        looks=tuple(looks),
        keypoints=keypoints,
    )


def _cloth(part, cloth_of):
    if part.cloth is not None:
        return part.cloth
    # Only these have patterns or folds.
    return cloth_of(part.vertices) if cloth_of and part.look.kind in ("cloth", "hair") else part.vertices


def cloth_look(cloth, kind="cloth"):
    """The look of an outfits.Cloth."""
    return Look(kind, cloth.colour, cloth.second, cloth.pattern, cloth.scale)
