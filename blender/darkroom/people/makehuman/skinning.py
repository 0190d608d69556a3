"""The rig in one of our poses: linear blend skinning (Magnenat-Thalmann et al. 1988). No bpy."""

import numpy as np

from ..motion.retarget import DOWN, turn_between
from ..skeleton import frames_of

"""Where each limb of theirs points to at rest."""
TO = {"upper_arm": "forearm", "forearm": "hand", "thigh": "shin", "shin": "foot"}


class Posed:
    """@param vertices [N, 3] of the shaped body at rest @param pose a skeleton.Pose
    @param head_scale how much larger the head is than an adult's of this size"""

    def __init__(self, library, vertices, pose, head_scale=1.0):
        self.library = library
        self.rest = np.array([vertices[index].mean(axis=0) for index in library.heads])
        self.turns = self._turns(frames_of(pose), pose)
        self.scales = np.ones(len(library.bones))
        self.scales[library.bone("head")] = head_scale
        places = np.zeros_like(self.rest)
        for bone, parent in enumerate(library.parents):
            places[bone] = self.rest[bone] if parent < 0 else (
                places[parent] + self.turns[parent] @ (self.rest[bone] - self.rest[parent]) * self.scales[parent]
            )
        self.places = places

    def moved(self, points, weights):
        """points [N, 3] at rest with weights [N, B] → [N, 3] posed"""
        matrices = self.turns * self.scales[:, None, None]
        shifts = self.places - np.einsum("bij,bj->bi", matrices, self.rest)
        blended = weights @ np.concatenate([matrices.reshape(-1, 9), shifts], axis=1).astype(np.float32)
        return np.einsum("nij,nj->ni", blended[:, :9].reshape(-1, 3, 3), points) + blended[:, 9:]

    def _turns(self, frames, pose):
        """[B, 3, 3] how far each bone is turned from its rest"""
        library, turns = self.library, {}
        for name, parent in zip(library.bones, library.parents):
            kind, side = _kind(name)
            if name == "neck":
                turns[name] = _halfway(frames["chest"], frames["head"])
            elif kind == "clavicle":
                raised = max(0.0, float(-frames["chest"][:, 2] @ frames[f"upper_arm_{side}"][:, 2]))
                sign = -1.0 if side == "left" else 1.0
                turns[name] = frames["chest"] @ _about(np.array([0, 1.0, 0]), -sign * 0.45 * raised)
            elif kind in TO:
                turns[name] = frames[name] @ self._straight(name, f"{TO[kind]}_{side}").T
            elif kind == "hand":
                turns[name] = frames[name] @ self._straight(f"forearm_{side}", name).T
            elif kind.startswith("finger"):
                index = 0 if side == "left" else 1
                turns[name] = turns[library.bones[parent]] @ self._curl(kind, side, pose.grip[index])
            else:
                turns[name] = frames[name]
        return np.array([turns[name] for name in library.bones])

    def _straight(self, bone, following):
        """[3, 3] from a limb that hangs straight down to where theirs points to"""
        start, end = (self.rest[self.library.bone(name)] for name in (bone, following))
        return turn_between(DOWN, end - start)

    def _curl(self, kind, side, grip):
        """A finger's joint bends about the line through the knuckles."""
        finger, part = int(kind[6]), int(kind[8])
        first, last = (self.rest[self.library.bone(f"finger{number}-1_{side}")] for number in (2, 5))
        axis = (last - first) / np.linalg.norm(last - first)
        sign = 1.0 if side == "left" else -1.0
        bend = (0.15, 0.25, 0.2)[part - 1] * grip if finger == 1 else ((0.05, 0.15, 0.1)[part - 1] + (1.0, 1.2, 0.8)[part - 1] * grip)
        return _about(axis, sign * bend)


def _kind(name):
    kind, _, side = name.rpartition("_")
    return (kind, side) if side in ("left", "right") else (name, "")


def _about(axis, radians):
    """[3, 3] the rotation about a unit axis [3]"""
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + np.sin(radians) * cross + (1 - np.cos(radians)) * cross @ cross


def _halfway(a, b):
    """[3, 3] between two rotations: the mean, made a rotation again"""
    u, _, v = np.linalg.svd(a + b)
    return u @ v
