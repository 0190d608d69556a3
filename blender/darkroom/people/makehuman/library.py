"""The folder of assets, read once a process. No bpy."""

import functools
import glob
import os
from dataclasses import dataclass

import numpy as np


from .files import AssetError, BaseMesh, Rig, read_obj, read_rig, read_target, read_weights

"""Our bones, in the order parents first, and MakeHuman's bone at whose head each turns; {s} is L or R."""
PIVOTS = {
    "pelvis": "root", "waist": "spine05", "chest": "spine02", "neck": "neck01", "head": "head",
    "clavicle": "clavicle.{s}", "upper_arm": "upperarm01.{s}", "forearm": "lowerarm01.{s}", "hand": "wrist.{s}",
    **{f"finger{finger}-{part}": f"finger{finger}-{part}.{{s}}" for finger in range(1, 6) for part in (1, 2, 3)},
    "thigh": "upperleg01.{s}", "shin": "lowerleg01.{s}", "foot": "foot.{s}",
}
PARENTS = {
    "pelvis": None, "waist": "pelvis", "chest": "waist", "neck": "chest", "head": "neck", "clavicle": "chest",
    "upper_arm": "clavicle", "forearm": "upper_arm", "hand": "forearm", "thigh": "pelvis", "shin": "thigh",
    "foot": "shin", **{f"finger{finger}-1": "hand" for finger in range(1, 6)},
    **{f"finger{finger}-{part}": f"finger{finger}-{part - 1}" for finger in range(1, 6) for part in (2, 3)},
}
SINGLE = ("pelvis", "waist", "chest", "neck", "head")


@dataclass(frozen=True)
class Library:
    """weights [N, B] over `bones`; parents [B] (−1: none); heads [B]: the vertices whose mean is the bone's joint;
    targets: (indices [K], offsets [K, 3]) by name; face: vertices that the named facial muscles move most."""

    mesh: BaseMesh
    bones: tuple
    parents: tuple
    heads: tuple
    weights: np.ndarray
    targets: dict
    face: dict

    def bone(self, name):
        return self.bones.index(name)


def asset_folder(path):
    """The folder of the assets, out of the folder itself or any file inside it. @raises AssetError"""
    folder = os.path.abspath(path)
    for _ in range(5):
        if os.path.exists(os.path.join(folder, "3dobjs", "base.obj")):
            return folder
        folder = os.path.dirname(folder)
    raise AssetError(
        f"{os.path.abspath(path)}: no MakeHuman assets are there: expected 3dobjs/base.obj, rigs/ and targets/ in it"
    )


def load_library(path):
    """@param path of the folder with 3dobjs/, rigs/ and targets/, or of a file in it @raises AssetError"""
    return _load(asset_folder(path))


@functools.lru_cache(maxsize=2)
def _load(folder):
    mesh = read_obj(os.path.join(folder, "3dobjs", "base.obj"))
    rig = read_rig(os.path.join(folder, "rigs", "default.mhskel"))
    raw = read_weights(os.path.join(folder, "rigs", "default_weights.mhw"))
    bones, theirs, parents = _bones(rig, folder)
    count = len(mesh.vertices)
    names = sorted(glob.glob(os.path.join(folder, "targets", "macrodetails", "*.target")))
    if not names:
        raise AssetError(f"{folder}/targets/macrodetails: there are no .target files")
    targets = {os.path.basename(name)[: -len(".target")]: read_target(name, count) for name in names}
    return Library(
        mesh, bones, parents, tuple(rig.heads[name] for name in theirs), _weights(rig, raw, theirs, count), targets,
        _face(raw),
    )


def _bones(rig, folder):
    bones, theirs = [], []
    for bone, pattern in PIVOTS.items():
        for side, letter in (("", ""),) if bone in SINGLE else (("_left", "L"), ("_right", "R")):
            bones.append(bone + side)
            theirs.append(pattern.format(s=letter))
    missing = [name for name in theirs if name not in rig.heads]
    if missing:
        raise AssetError(f"{folder}/rigs/default.mhskel: the bone {missing[0]} is missing")
    parents = []
    for bone in bones:
        kind, _, side = bone.partition("_") if bone in SINGLE else bone.rpartition("_")
        parent = PARENTS[bone if bone in SINGLE else kind]
        if parent is None:
            parents.append(-1)
        else:
            parents.append(bones.index(parent if parent in SINGLE else f"{parent}_{side}"))
    return tuple(bones), theirs, tuple(parents)


def _weights(rig, raw, theirs, count):
    """[N, B]: every bone of theirs gives its weights to the nearest ancestor that we turn"""
    place = {name: index for index, name in enumerate(theirs)}
    weights = np.zeros((count, len(theirs)), dtype=np.float32)
    for bone, (index, values) in raw.items():
        while bone not in place:
            bone = rig.parents[bone]
        np.add.at(weights[:, place[bone]], index, values)
    total = weights.sum(axis=1)
    weights[total == 0, 0] = 1.0
    return weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)


def _face(raw):
    """Vertices of lips and brows: those that their muscles move."""
    def moved(prefixes, least):
        parts = [index[values > least] for bone, (index, values) in raw.items() if bone.startswith(prefixes)]
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int32)

    return {"lips": moved(("oris",), 0.35), "brows": moved(("oculi01",), 0.4)}


