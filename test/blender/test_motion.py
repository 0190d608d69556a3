import unittest

import numpy as np

from test.blender import support  # noqa: F401 (the path)

from darkroom.people.motion.bvh import BvhError, parse_bvh
from darkroom.people.motion.retarget import RetargetError, pose_of_motion, turn_between
from darkroom.people.person import person_of
from darkroom.people.skeleton import BONES, joints_of
from darkroom.random_stream import RandomStream

"""A skeleton in T-pose, y up, facing +z, so that its left is at +x; channels of the joints in this order."""
LIMBS = (
    ("Hips", 0, (0, 90, 0)), ("Spine", 1, (0, 10, 0)), ("Spine2", 2, (0, 30, 0)), ("Head", 3, (0, 30, 0)), (None, 3, None),
    ("LeftArm", 3, (20, 15, 0)), ("LeftForeArm", 4, (30, 0, 0)), ("LeftHand", 5, (25, 0, 0)), (None, 3, None),
    ("RightArm", 3, (-20, 15, 0)), ("RightForeArm", 4, (-30, 0, 0)), ("RightHand", 5, (-25, 0, 0)), (None, 1, None),
    ("LeftUpLeg", 1, (10, 0, 0)), ("LeftLeg", 2, (0, -42, 0)), ("LeftFoot", 3, (0, -42, 0)), (None, 1, None),
    ("RightUpLeg", 1, (-10, 0, 0)), ("RightLeg", 2, (0, -42, 0)), ("RightFoot", 3, (0, -42, 0)), (None, 0, None),
)


def a_motion(**angles):
    """One frame: angles by joint, (Z, X, Y) in degrees."""
    lines, depth, names = ["HIERARCHY"], -1, []
    for name, level, offset in LIMBS:
        while depth >= level:
            lines += (["End Site", "{", "OFFSET 0 5 0", "}"] if lines[-1].startswith("CHANNELS") else []) + ["}"]
            depth -= 1
        if name is None:
            # What follows is deeper again: only the closing mattered.
            continue
        names.append(name)
        lines += [f"{'JOINT' if level else 'ROOT'} {name}", "{", f"OFFSET {offset[0]} {offset[1]} {offset[2]}"]
        lines.append("CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation" if level == 0 else "CHANNELS 3 Zrotation Xrotation Yrotation")
        depth = level
    values = [0, 90, 0] + [value for name in names for value in angles.get(name, (0, 0, 0))]
    return "\n".join([*lines, "MOTION", "Frames: 1", "Frame Time: 0.04", " ".join(map(str, values))])


class BvhTest(unittest.TestCase):
    def test_reads_joints_channels_and_frames(self):
        motion = parse_bvh(a_motion(Spine=(0, 30, 0)))
        self.assertEqual([joint.name for joint in motion.joints][:4], ["Hips", "Spine", "Spine2", "Head"])
        self.assertEqual([joint.parent for joint in motion.joints][:4], [-1, 0, 1, 2])
        self.assertEqual(motion.frames.shape, (1, 6 + 15 * 3))
        np.testing.assert_allclose(motion.rest_places()[3], (0, 160, 0))
        # Bent about x by 30 degrees: up leans towards +z; what hangs on it goes along.
        up = motion.rotations(0)[3] @ np.array([0, 1, 0])
        np.testing.assert_allclose(up, (0, np.cos(np.radians(30)), np.sin(np.radians(30))), atol=1e-9)

    def test_a_broken_file_is_refused_with_its_line(self):
        good = a_motion()
        for broken, message in (
            (good.replace("OFFSET 20 15 0", "OFFSET 20 15"), r"walk\.bvh:\d+: expected 3 numbers, found 2"),
            (good + " 7", r"walk\.bvh:\d+: expected 51 numbers, found 52"),
            (good.replace("Zrotation", "Wrotation", 1), r"walk\.bvh:\d+: unknown channel Wrotation"),
            (good[: good.index("Frame Time")], r"the motion has no frames"),
            ("", "no HIERARCHY"),
        ):
            with self.assertRaisesRegex(BvhError, message):
                parse_bvh(broken, "walk.bvh")


class RetargetTest(unittest.TestCase):
    def test_a_t_pose_spreads_our_arms_and_straightens_our_legs(self):
        frames = pose_of_motion(parse_bvh(a_motion()), 0, "walking").frames
        self.assertEqual(set(frames), set(BONES))
        down = np.array([0, 0, -1.0])
        # Our left is at −x.
        np.testing.assert_allclose(frames["upper_arm_left"] @ down, (-1, 0, 0), atol=1e-6)
        np.testing.assert_allclose(frames["forearm_right"] @ down, (1, 0, 0), atol=1e-6)
        np.testing.assert_allclose(frames["shin_right"] @ down, (0, 0, -1), atol=1e-6)

    def test_a_raised_thigh_is_raised_to_the_front_whichever_way_the_file_faces(self):
        for heading in (0, 130):
            motion = parse_bvh(a_motion(Hips=(0, 0, heading), LeftUpLeg=(0, -60, 0)))
            pose = pose_of_motion(motion, 0, "walking")
            thigh = pose.frames["thigh_left"] @ np.array([0, 0, -1.0])
            np.testing.assert_allclose(thigh, (0, np.sin(np.radians(60)), -np.cos(np.radians(60))), atol=1e-6)
            places = joints_of(person_of(RandomStream(1)).body, pose).places
            self.assertGreater(places["knee_left"][1], places["hip_left"][1] + 0.2)
            self.assertLess(min(places[f"toe_{side}"][2] for side in ("left", "right")), 0.06)

    def test_a_skeleton_without_arms_is_refused_by_name(self):
        text = a_motion().replace("LeftForeArm", "Tentacle")
        with self.assertRaisesRegex(RetargetError, "left forearm"):
            pose_of_motion(parse_bvh(text), 0, "walking", "x.bvh")

    def test_the_smallest_turn_between_directions(self):
        for a, b in (((0, 0, -1), (1, 0, 0)), ((0, 0, 1), (0, 0, -1)), ((0, 1, 0), (0, 1, 0)), ((1, 2, 3), (-3, 1, 2))):
            a, b = np.array(a, dtype=float), np.array(b, dtype=float)
            turn = turn_between(a, b)
            np.testing.assert_allclose(turn @ a / np.linalg.norm(a), b / np.linalg.norm(b), atol=1e-9)
            np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)


if __name__ == "__main__":
    unittest.main()
