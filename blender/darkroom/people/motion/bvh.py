"""Biovision's motion files (.bvh): a skeleton of offsets and, a line each, the channels of its frames. No bpy."""

from dataclasses import dataclass

import numpy as np

ROTATIONS = {"Xrotation": 0, "Yrotation": 1, "Zrotation": 2}
POSITIONS = ("Xposition", "Yposition", "Zposition")


class BvhError(ValueError):
    """The file is not a motion that we can read; names the file and the line."""


@dataclass(frozen=True)
class Joint:
    name: str
    """Index of the parent; −1 for the root."""
    parent: int
    offset: tuple
    channels: tuple


@dataclass(frozen=True)
class Motion:
    """joints: parents before children; frames [F, C]: a column a channel, in the joints' order; degrees."""

    joints: tuple
    frames: np.ndarray

    def rotations(self, frame):
        """[J, 3, 3] the world's rotation of each joint in a frame, in the file's own axes"""
        values = self.frames[frame]
        turns, column = [], 0
        for joint in self.joints:
            own = np.eye(3)
            for channel in joint.channels:
                if channel in ROTATIONS:
                    own = own @ _turn(ROTATIONS[channel], np.radians(values[column]))
                column += 1
            turns.append(own if joint.parent < 0 else turns[joint.parent] @ own)
        return np.array(turns)

    def rest_places(self):
        """[J, 3] where the joints are without any rotation"""
        places = []
        for joint in self.joints:
            base = np.zeros(3) if joint.parent < 0 else places[joint.parent]
            places.append(base + np.array(joint.offset))
        return np.array(places)


def read_bvh(path):
    """@raises BvhError"""
    with open(path, encoding="utf-8", errors="replace") as file:
        return parse_bvh(file.read(), path)


def parse_bvh(text, name="the motion"):
    """@raises BvhError that names the line"""
    lines = text.splitlines()
    joints, open_joints = [], []
    number = 0

    def fail(problem):
        raise BvhError(f"{name}:{number}: {problem}")

    ending = False
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0] == "HIERARCHY":
            continue
        if words[0] in ("ROOT", "JOINT"):
            joints.append([" ".join(words[1:]), open_joints[-1] if open_joints else -1, None, ()])
            open_joints.append(len(joints) - 1)
        elif words[0] == "End":
            ending = True
            open_joints.append(None)
        elif words[0] == "OFFSET":
            if not open_joints:
                fail("OFFSET outside of a joint")
            if not ending:
                joints[open_joints[-1]][2] = tuple(_numbers(words[1:], 3, fail))
        elif words[0] == "CHANNELS":
            if not open_joints or open_joints[-1] is None:
                fail("CHANNELS outside of a joint")
            unknown = [word for word in words[2:] if word not in ROTATIONS and word not in POSITIONS]
            if unknown:
                fail(f"unknown channel {unknown[0]}")
            joints[open_joints[-1]][3] = tuple(words[2:])
        elif words[0] == "}":
            if not open_joints:
                fail("} without {")
            ending = False
            open_joints.pop()
        elif words[0] == "MOTION":
            break
        elif words[0] != "{":
            fail(f"expected a joint, not {words[0]!r}")
    if not joints:
        fail("there is no HIERARCHY")
    if any(offset is None for _, _, offset, _ in joints):
        fail("a joint has no OFFSET")
    width = sum(len(channels) for _, _, _, channels in joints)
    rows = []
    for number, line in enumerate(lines[number:], number + 1):
        words = line.split()
        if words and words[0] not in ("Frames:", "Frame"):
            rows.append(_numbers(words, width, fail))
    if not rows:
        fail("the motion has no frames")
    return Motion(tuple(Joint(*joint) for joint in joints), np.array(rows))


def _numbers(words, count, fail):
    if len(words) != count:
        fail(f"expected {count} numbers, found {len(words)}")
    try:
        return [float(word) for word in words]
    except ValueError:
        return fail("not a number")


def _turn(axis, radians):
    c, s = np.cos(radians), np.sin(radians)
    u, v = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[u, u] = matrix[v, v] = c
    matrix[u, v], matrix[v, u] = -s, s
    return matrix
