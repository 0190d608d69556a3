"""Joints of a posed body. A person faces +y, stands on z = 0, has the right hand at +x."""

import math
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Pose:
    """Angles in degrees; positive: flexion (limbs forward, spine bent forward), abduction (away from the body),
    turns to the left. Sided values: (left, right)."""

    name: str
    hip_flexion: tuple = (0, 0)
    hip_abduction: tuple = (4, 4)
    knee: tuple = (2, 2)
    """Toes up; None sets the feet level."""
    ankle: tuple | None = None
    spine_bend: float = 0
    spine_turn: float = 0
    spine_lean: float = 0
    head_nod: float = 0
    head_turn: float = 0
    shoulder_flexion: tuple = (4, 4)
    shoulder_abduction: tuple = (9, 9)
    elbow: tuple = (14, 14)
    """How the whole body is tipped: 90 = on its back."""
    root_pitch: float = 0
    root_roll: float = 0
    """What carries the body: its feet, or its seat or back at a height above the floor."""
    support: str = "feet"
    support_height: float = 0.0


@dataclass
class Joints:
    """Places [3] by name, and the frames [3, 3] (columns right, forward, up) of pelvis, chest and head."""

    places: dict = field(default_factory=dict)
    frames: dict = field(default_factory=dict)

    def moved(self, matrix, shift):
        """Turned by a matrix [3, 3], then shifted."""
        return Joints(
            {name: matrix @ place + shift for name, place in self.places.items()},
            {name: matrix @ frame for name, frame in self.frames.items()},
        )


def turn_x(degrees):
    c, s = _cos_sin(degrees)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def turn_y(degrees):
    c, s = _cos_sin(degrees)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def turn_z(degrees):
    c, s = _cos_sin(degrees)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def _cos_sin(degrees):
    radians = math.radians(degrees)
    return math.cos(radians), math.sin(radians)


def joints_of(body, pose):
    """Forward kinematics from the pelvis, then down onto what carries the body."""
    joints = Joints()
    root = turn_x(pose.root_pitch) @ turn_y(pose.root_roll)
    joints.frames["pelvis"] = root
    joints.places["pelvis"] = np.zeros(3)
    for side, sign in (("left", -1), ("right", 1)):
        _leg(joints, body, pose, root, side, sign)
    _trunk(joints, body, pose, root)
    for side, sign in (("left", -1), ("right", 1)):
        _arm(joints, body, pose, side, sign)
    return joints.moved(np.eye(3), _onto_support(joints, body, pose))


def _leg(joints, body, pose, root, side, sign):
    index = 0 if sign < 0 else 1
    places = joints.places
    hip = root @ np.array([sign * body.hip, 0, 0])
    frame = root @ turn_y(-sign * pose.hip_abduction[index]) @ turn_x(pose.hip_flexion[index])
    knee = hip + frame @ np.array([0, 0, -body.thigh])
    frame = frame @ turn_x(-pose.knee[index])
    ankle = knee + frame @ np.array([0, 0, -body.shin])
    level = pose.knee[index] - pose.hip_flexion[index] - pose.root_pitch
    frame = frame @ turn_x(level if pose.ankle is None else pose.ankle[index]) @ turn_z(-sign * 8)
    heel = ankle + frame @ np.array([0, -0.22 * body.foot, -0.45 * body.ankle])
    toe = ankle + frame @ np.array([0, 0.62 * body.foot, -0.6 * body.ankle])
    places.update({f"hip_{side}": hip, f"knee_{side}": knee, f"ankle_{side}": ankle})
    places.update({f"heel_{side}": heel, f"toe_{side}": toe})
    joints.frames[f"foot_{side}"] = frame


def _trunk(joints, body, pose, root):
    half_turn = turn_z(pose.spine_turn / 2) @ turn_y(-pose.spine_lean / 2) @ turn_x(-pose.spine_bend / 2)
    lower = root @ half_turn
    waist = joints.places["pelvis"] + root @ np.array([0, 0, 0.22 * body.spine])
    chest_base = waist + lower @ np.array([0, 0.005, 0.3 * body.spine])
    upper = lower @ half_turn
    neck = chest_base + upper @ np.array([0, -0.012, 0.48 * body.spine])
    nod = turn_z(pose.head_turn) @ turn_x(-pose.head_nod)
    head_frame = upper @ turn_x(pose.spine_bend * 0.25) @ nod
    skull = neck + upper @ np.array([0, 0.015, 0.6 * body.neck]) + head_frame @ np.array([0, 0.012, 0.4 * body.neck])
    joints.places.update({"waist": waist, "chest": chest_base, "neck": neck, "skull": skull})
    joints.frames.update({"waist": lower, "chest": upper, "head": head_frame})


def _arm(joints, body, pose, side, sign):
    index = 0 if sign < 0 else 1
    chest = joints.frames["chest"]
    shoulder = joints.places["neck"] + chest @ np.array([sign * body.shoulder, 0.0, -0.035 * body.height])
    frame = chest @ turn_y(-sign * pose.shoulder_abduction[index]) @ turn_x(pose.shoulder_flexion[index])
    elbow = shoulder + frame @ np.array([0, 0, -body.upper_arm])
    frame = frame @ turn_y(sign * 10) @ turn_x(pose.elbow[index])
    wrist = elbow + frame @ np.array([0, 0, -body.forearm])
    hand = wrist + frame @ turn_x(8) @ np.array([0, 0, -body.hand])
    joints.places.update({f"shoulder_{side}": shoulder, f"elbow_{side}": elbow})
    joints.places.update({f"wrist_{side}": wrist, f"hand_{side}": hand})
    joints.frames[f"hand_{side}"] = frame


def _onto_support(joints, body, pose):
    """The shift that sets feet on the floor, or seat or back on what carries them."""
    places = joints.places
    if pose.support == "feet":
        lowest = min(places[f"{part}_{side}"][2] for part in ("toe", "heel") for side in ("left", "right"))
        return np.array([0, 0, 0.4 * body.ankle - lowest])
    if pose.support == "seat":
        return np.array([0, 0, pose.support_height + 0.75 * body.girth("hips") - places["pelvis"][2]])
    return np.array([0, 0, pose.support_height + 0.9 * body.girth("chest") - places["pelvis"][2]])
