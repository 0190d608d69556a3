"""A frame of a recorded motion as a pose of our skeleton: the direction of every bone is taken over, lengths are not.
No bpy."""

import numpy as np

from ..skeleton import SIDES, Pose, turn_z

"""Names of joints, lower case without blanks, dots, dashes and underscores, that files use for our bones. The first
that a file has is taken."""
NAMES = {
    "pelvis": ("hips", "hip", "pelvis", "root"),
    "waist": ("spine1", "spine", "lowerback", "abdomen", "spine04", "chest"),
    "chest": ("spine3", "chest3", "spine2", "chest2", "upperchest", "thorax", "chest", "spine01", "spine1"),
    "head": ("head",),
    "thigh": ("{side}upleg", "upleg{s}", "{s}thigh", "{side}thigh", "upperleg01{s}", "{side}hip", "thigh{s}", "{s}hipjoint", "{s}hip"),
    "shin": ("{side}leg", "loleg{s}", "{s}shin", "{side}shin", "lowerleg01{s}", "{side}knee", "shin{s}", "{s}knee", "calf{s}"),
    "foot": ("{side}foot", "foot{s}", "{s}foot", "{side}ankle", "{s}ankle"),
    "upper_arm": ("{side}arm", "uparm{s}", "{s}upperarm", "{side}uparm", "upperarm01{s}", "{side}shoulder", "upperarm{s}", "{s}shldr", "{s}humerus"),
    "forearm": ("{side}forearm", "loarm{s}", "{s}forearm", "{side}lowarm", "lowerarm01{s}", "{side}elbow", "forearm{s}", "{s}radius", "{s}elbow"),
    "hand": ("{side}hand", "hand{s}", "{s}hand", "wrist{s}", "{side}wrist", "{s}wrist"),
}
"""What a bone's direction is measured to, and what it is at rest in our skeleton."""
TO = {"thigh": "shin", "shin": "foot", "upper_arm": "forearm", "forearm": "hand"}
DOWN = np.array([0.0, 0.0, -1.0])


class RetargetError(ValueError):
    """The motion's skeleton lacks a bone that ours needs."""


def pose_of_motion(motion, frame, name, file="the motion"):
    """The pose of one frame, facing +y on its feet. @raises RetargetError that names the missing bone"""
    joints = _matched(motion, file)
    rest = motion.rest_places()
    basis = _axes(rest, joints)
    turns = motion.rotations(frame)
    frames = {}
    for bone, index in joints.items():
        world = basis @ turns[index] @ basis.T
        kind, _, side = bone.rpartition("_")
        if kind in TO:
            child = joints[f"{TO[kind]}_{side}"]
            world = world @ turn_between(DOWN, basis @ (rest[child] - rest[index]))
        elif kind == "hand":
            arm = joints[f"forearm_{side}"]
            world = world @ turn_between(DOWN, basis @ (rest[index] - rest[arm]))
        frames[bone] = world
    # Where it walks to is the scene's to say.
    forward = frames["pelvis"][:, 1]
    heading = turn_z(np.degrees(np.arctan2(forward[0], forward[1])))
    return Pose(name, frames={bone: heading @ frame for bone, frame in frames.items()})


def _matched(motion, file):
    # Joints that only carry others are called after them, with underscores in front: the others come first.
    order = sorted(range(len(motion.joints)), key=lambda index: (not motion.joints[index].name.startswith("_"), -index))
    by_name = {_plain(motion.joints[index].name): index for index in order}
    found = {}
    for bone, patterns in NAMES.items():
        for side in [""] if patterns[0].find("{") < 0 else [side for side, _ in SIDES]:
            names = [pattern.format(side=side, s=side[:1]) for pattern in patterns]
            index = next((by_name[name] for name in names if name in by_name), None)
            if index is None:
                has = ", ".join(joint.name for joint in motion.joints[:12])
                raise RetargetError(f"{file} has no joint for {side + ' ' if side else ''}{bone}; it has {has}, …")
            found[f"{bone}_{side}" if side else bone] = index
    return found


def _plain(name):
    return "".join(letter for letter in name.lower() if letter not in " ._-:")


def _axes(rest, joints):
    """[3, 3] from the file's axes to ours: x to the person's right, y forward, z up"""
    right = rest[joints["thigh_right"]] - rest[joints["thigh_left"]]
    up = rest[joints["head"]] - (rest[joints["thigh_right"]] + rest[joints["thigh_left"]]) / 2
    # Files have one of their axes straight up, however the spine leans.
    axis = int(np.argmax(np.abs(up)))
    up = np.sign(up[axis]) * np.eye(3)[axis]
    right = right - up * (up @ right)
    right = right / np.linalg.norm(right)
    return np.array([right, np.cross(up, right), up])


def turn_between(a, b):
    """[3, 3] the smallest rotation that takes the direction of a [3] to that of b [3] (Rodrigues)"""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    axis, cosine = np.cross(a, b), float(a @ b)
    if cosine < -0.9999:
        other = np.eye(3)[int(np.argmin(np.abs(a)))]
        axis = np.cross(a, other) / np.linalg.norm(np.cross(a, other))
        return 2 * np.outer(axis, axis) - np.eye(3)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + cross + cross @ cross / (1 + cosine)
