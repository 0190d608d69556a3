"""Joints of a posed body. A person faces +y, stands on z = 0, has the right hand at +x. Every bone has a frame
[3, 3] (columns right, forward, up), which is the identity in the rest pose: upright, legs and arms hanging straight
down. A pose is angles, or the frames themselves (out of a recorded motion)."""

import math
from dataclasses import dataclass, field

import numpy as np

SIDES = (("left", -1), ("right", 1))


@dataclass
class Pose:
    """Angles in degrees; positive: flexion (limbs forward, spine bent forward), abduction (away from the body),
    rotation (of the upper arm inward), turns to the left. Sided values: (left, right)."""

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
    head_tilt: float = 0
    shoulder_flexion: tuple = (4, 4)
    shoulder_abduction: tuple = (9, 9)
    shoulder_rotation: tuple = (10, 10)
    elbow: tuple = (14, 14)
    """0 = a flat hand, 1 = a fist"""
    grip: tuple = (0.3, 0.3)
    """How the whole body is tipped: 90 = on its back; and turned about its own long axis."""
    root_pitch: float = 0
    root_roll: float = 0
    """What carries the body: its feet, or its seat or back at a height above the floor."""
    support: str = "feet"
    support_height: float = 0.0
    """Frames by bone instead of the angles above."""
    frames: dict | None = None


@dataclass
class Joints:
    """Places [3] by name, and the frames [3, 3] of the bones."""

    places: dict = field(default_factory=dict)
    frames: dict = field(default_factory=dict)

    def moved(self, shift):
        return Joints({name: place + shift for name, place in self.places.items()}, self.frames)


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


def frames_of(pose):
    """The frames of all bones, in the world, out of the pose's angles."""
    if pose.frames is not None:
        return pose.frames
    root = turn_x(pose.root_pitch) @ turn_z(pose.root_roll)
    half = turn_z(pose.spine_turn / 2) @ turn_y(-pose.spine_lean / 2) @ turn_x(-pose.spine_bend / 2)
    waist = root @ half
    chest = waist @ half
    nod = turn_z(pose.head_turn) @ turn_x(-pose.head_nod) @ turn_y(-pose.head_tilt)
    frames = {"pelvis": root, "waist": waist, "chest": chest, "head": chest @ turn_x(pose.spine_bend * 0.25) @ nod}
    for index, (side, sign) in enumerate(SIDES):
        thigh = root @ turn_y(-sign * pose.hip_abduction[index]) @ turn_x(pose.hip_flexion[index])
        shin = thigh @ turn_x(-pose.knee[index])
        level = pose.knee[index] - pose.hip_flexion[index] - pose.root_pitch
        foot = shin @ turn_x(level if pose.ankle is None else pose.ankle[index]) @ turn_z(-sign * 8)
        upper = chest @ turn_y(-sign * pose.shoulder_abduction[index]) @ turn_x(pose.shoulder_flexion[index])
        upper = upper @ turn_z(sign * pose.shoulder_rotation[index])
        fore = upper @ turn_x(pose.elbow[index])
        frames.update({
            f"thigh_{side}": thigh, f"shin_{side}": shin, f"foot_{side}": foot,
            f"upper_arm_{side}": upper, f"forearm_{side}": fore, f"hand_{side}": fore @ turn_x(6) @ turn_y(sign * 4),
        })
    return frames


def joints_of(body, pose):
    """Forward kinematics from the pelvis, then down onto what carries the body."""
    frames = frames_of(pose)
    places = {"pelvis": np.zeros(3)}
    _trunk(places, frames, body)
    for side, sign in SIDES:
        _leg(places, frames, body, side, sign)
        _arm(places, frames, body, side, sign)
    joints = Joints(places, frames)
    return joints.moved(_onto_support(joints, body, pose))


def rest_joints(body):
    """The joints of the rest pose, pelvis at the origin: where cloth has its coordinates."""
    joints = joints_of(body, Pose("rest", hip_abduction=(0, 0), knee=(0, 0), frames=_REST))
    return joints.moved(-joints.places["pelvis"])


def _trunk(places, frames, body):
    pelvis, waist, chest, head = (frames[name] for name in ("pelvis", "waist", "chest", "head"))
    places["waist"] = places["pelvis"] + pelvis @ np.array([0, 0, 0.22 * body.spine])
    places["chest"] = places["waist"] + waist @ np.array([0, 0.005, 0.3 * body.spine])
    places["neck"] = places["chest"] + chest @ np.array([0, -0.012, 0.48 * body.spine])
    middle = places["neck"] + chest @ np.array([0, 0.015, 0.6 * body.neck])
    places["skull"] = middle + head @ np.array([0, 0.012, 0.4 * body.neck])


def _leg(places, frames, body, side, sign):
    thigh, shin, foot = (frames[f"{bone}_{side}"] for bone in ("thigh", "shin", "foot"))
    hip = places["pelvis"] + frames["pelvis"] @ np.array([sign * body.hip, 0, 0])
    knee = hip + thigh @ np.array([0, 0, -body.thigh])
    ankle = knee + shin @ np.array([0, 0, -body.shin])
    places.update({
        f"hip_{side}": hip, f"knee_{side}": knee, f"ankle_{side}": ankle,
        f"heel_{side}": ankle + foot @ np.array([0, -0.18 * body.foot, -0.55 * body.ankle]),
        f"toe_{side}": ankle + foot @ np.array([0, 0.60 * body.foot, -0.72 * body.ankle]),
    })


def _arm(places, frames, body, side, sign):
    chest, upper, fore, hand = (
        frames[name] for name in ("chest", f"upper_arm_{side}", f"forearm_{side}", f"hand_{side}")
    )
    # A raised arm lifts its shoulder.
    raised = max(0.0, float(-chest[:, 2] @ upper[:, 2])) * 0.018 * body.height
    shoulder = places["neck"] + chest @ np.array([sign * body.shoulder, 0.0, -0.035 * body.height + raised])
    elbow = shoulder + upper @ np.array([0, 0, -body.upper_arm])
    wrist = elbow + fore @ np.array([0, 0, -body.forearm])
    places.update({
        f"shoulder_{side}": shoulder, f"elbow_{side}": elbow, f"wrist_{side}": wrist,
        f"hand_{side}": wrist + hand @ np.array([0, 0, -body.hand]),
    })


def _onto_support(joints, body, pose):
    """The shift that sets feet on the floor, or seat or back on what carries them."""
    places = joints.places
    if pose.support == "feet":
        soles = [
            places[f"{part}_{side}"] + joints.frames[f"foot_{side}"] @ np.array([0, 0, -drop * body.ankle])
            for part, drop in (("toe", 0.28), ("heel", 0.45)) for side, _ in SIDES
        ]
        return np.array([0, 0, -min(float(sole[2]) for sole in soles)])
    if pose.support == "seat":
        return np.array([0, 0, pose.support_height + 0.85 * body.girth("hips") - places["pelvis"][2]])
    return np.array([0, 0, pose.support_height + 1.08 * body.girth("hips") - places["pelvis"][2]])


BONES = ("pelvis", "waist", "chest", "head") + tuple(
    f"{bone}_{side}" for side, _ in SIDES for bone in ("thigh", "shin", "foot", "upper_arm", "forearm", "hand")
)
_REST = {bone: np.eye(3) for bone in BONES}
