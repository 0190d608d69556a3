import unittest

import numpy as np

from test.blender import support  # noqa: F401 (the path)

from darkroom.people import keypoints, outfits, poses
from darkroom.people.figure import figure_of
from darkroom.people.implicit_surface import Ball, Grid, Tube, melt, surface
from darkroom.people.joint_limits import LIMITS, within_limits
from darkroom.people.person import AGES, person_of
from darkroom.people.rest_places import rest_places
from darkroom.people.skeleton import Pose, joints_of, rest_joints
from darkroom.random_stream import RandomStream


def a_figure(seed, pose="standing", height=0.0, **who):
    stream = RandomStream(seed)
    own_pose = poses.pose_of(pose, stream.child("pose"), height)
    # Coarse: what is tested here does not depend on the size of the cells.
    return figure_of(person_of(stream.child("person"), **who), own_pose, stream.child("cloth"), detail=0.6)


class ImplicitSurfaceTest(unittest.TestCase):
    def test_a_sphere_comes_out_round_closed_and_outward(self):
        for primitive in (Tube((0, 0, 0), (0, 0, 0), 0.2, 0.2), Ball((0, 0, 0), (0.2, 0.2, 0.2))):
            grid = Grid([-0.3] * 3, [0.3] * 3, 0.02)
            field = grid.empty()
            melt(grid, field, [primitive], 0.02)
            vertices, quads = surface(grid, field)
            np.testing.assert_allclose(np.linalg.norm(vertices, axis=1), 0.2, atol=0.004)
            edges = np.sort(np.concatenate([quads[:, [i, (i + 1) % 4]] for i in range(4)]), axis=1)
            _, uses = np.unique(edges, axis=0, return_counts=True)
            self.assertTrue((uses == 2).all())
            a, b, c = (vertices[quads[:, i]] for i in range(3))
            outward = np.einsum("ij,ij->i", np.cross(b - a, c - a), (a + b + c) / 3)
            self.assertTrue((outward > 0).all())

    def test_a_flat_tube_has_the_ellipse_that_it_was_asked_for(self):
        tube = Tube((0, 0, 0), (0, 0, 1), 0.2, 0.2, 0.1, 0.1, side=(1, 0, 0))
        at = lambda x, y: float(tube.distance(np.float64(x), np.float64(y), np.float64(0.5)))  # noqa: E731
        self.assertAlmostEqual(at(0.2, 0), 0)
        self.assertAlmostEqual(at(0, 0.1), 0)
        self.assertLess(at(0, 0), -0.09)
        self.assertAlmostEqual(at(0, 0.4), 0.3)

    def test_a_cut_tube_ends_in_a_plane(self):
        tube = Tube((0, 0, 0), (0, 0, 1), 0.1, 0.1, cut=True)
        self.assertAlmostEqual(float(tube.distance(0.0, 0.0, 1.02)), 0.02, places=5)

    def test_nothing_has_no_surface(self):
        grid = Grid([0] * 3, [1] * 3, 0.1)
        vertices, quads = surface(grid, grid.empty())
        self.assertEqual((len(vertices), len(quads)), (0, 0))


class PeopleTest(unittest.TestCase):
    def test_the_same_stream_gives_the_same_person_and_another_stream_another(self):
        first, again, other = (a_figure(seed) for seed in (1, 1, 2))
        np.testing.assert_array_equal(first.vertices, again.vertices)
        np.testing.assert_array_equal(first.colours, again.colours)
        self.assertEqual(first.looks, again.looks)
        self.assertFalse(first.vertices.shape == other.vertices.shape)

    def test_whoever_stands_is_as_tall_as_their_proportions_say_and_stands_on_the_floor(self):
        for seed in range(4):
            person = person_of(RandomStream(seed), ages="all")
            figure = figure_of(person, Pose("upright"), RandomStream(seed), detail=0.7)
            low, high = figure.vertices[:, 2].min(), figure.vertices[:, 2].max()
            self.assertLess(abs(low), 0.03)
            self.assertLess(abs(high - person.body.height), 0.09)

    def test_every_pose_in_every_style_makes_a_sound_mesh(self):
        for number, name in enumerate(poses.NAMES):
            style = outfits.STYLES[number % len(outfits.STYLES)]
            figure = a_figure(number, name, 0.45, style=style, ages=AGES[number % len(AGES)])
            count = len(figure.vertices)
            self.assertEqual((len(figure.colours), len(figure.cloth)), (count, count))
            self.assertEqual(len(figure.slots), len(figure.quads))
            self.assertLess(figure.slots.max(), len(figure.looks))
            self.assertTrue(np.isfinite(figure.vertices).all() and np.isfinite(figure.cloth).all())
            self.assertTrue(((figure.quads >= 0) & (figure.quads < count)).all())
            self.assertTrue(((figure.colours >= 0) & (figure.colours <= 1)).all())

    def test_limbs_bend_forward(self):
        body = person_of(RandomStream(0)).body
        places = joints_of(body, Pose("x", hip_flexion=(90, 0), shoulder_flexion=(0, 90), spine_bend=30)).places
        self.assertGreater(places["knee_left"][1], 0.3)
        self.assertGreater(places["elbow_right"][1], places["shoulder_right"][1] + 0.1)
        self.assertGreater(places["neck"][1], 0.05)

    def test_whoever_lies_is_long_and_low(self):
        figure = a_figure(3, "lying", 0.5)
        size = figure.vertices.max(axis=0) - figure.vertices.min(axis=0)
        self.assertGreater(size[1], 1.2)
        self.assertLess(size[2], 0.9)

    def test_children_are_small_and_their_heads_are_large_for_them(self):
        child = person_of(RandomStream(5), ages="children").body
        adult = person_of(RandomStream(5), ages="adults").body
        self.assertLess(child.height, 1.75)
        self.assertGreater(child.head / child.height, adult.head / adult.height)

    def test_a_word_that_no_one_knows_is_refused_with_the_words_that_there_are(self):
        for call, known in (
            (lambda: person_of(RandomStream(0), style="pirate"), "patient"),
            (lambda: person_of(RandomStream(0), ages="giants"), "elderly"),
            (lambda: poses.pose_of("flying", RandomStream(0)), "lying"),
        ):
            with self.assertRaisesRegex(ValueError, known):
                call()

    def test_every_pose_keeps_to_the_limits_of_joints(self):
        for name in poses.NAMES:
            for seed in range(8):
                pose = poses.pose_of(name, RandomStream(name, seed), 0.5, 40.0)
                for angle, (low, high) in LIMITS.items():
                    value = getattr(pose, angle)
                    for one in value if isinstance(value, tuple) else (value,):
                        self.assertTrue(one is None or low <= one <= high, (name, angle, value))

    def test_an_angle_beyond_its_limit_is_brought_back_to_it(self):
        self.assertEqual(within_limits(Pose("x", knee=(200, -30))).knee, (LIMITS["knee"][1], 0))


class RestPlacesTest(unittest.TestCase):
    def test_the_middle_of_a_raised_limb_lies_where_the_limb_lies_at_rest(self):
        body = person_of(RandomStream(0)).body
        posed = joints_of(body, Pose("x", shoulder_flexion=(150, 0), hip_flexion=(0, 80)))
        rest = rest_joints(body)
        for start, end in (("shoulder_left", "elbow_left"), ("hip_right", "knee_right")):
            middle = (posed.places[start] + posed.places[end]) / 2
            expected = (rest.places[start] + rest.places[end]) / 2
            np.testing.assert_allclose(rest_places(middle[None], posed, rest)[0], expected, atol=0.03)


class KeypointsTest(unittest.TestCase):
    def test_are_cocos_seventeen_in_its_order_and_lie_inside_of_the_body(self):
        figure = a_figure(4)
        self.assertEqual(tuple(figure.keypoints), keypoints.NAMES)
        self.assertEqual(len(keypoints.NAMES), 17)
        low, high = figure.vertices.min(axis=0), figure.vertices.max(axis=0)
        for name, point in figure.keypoints.items():
            self.assertTrue((np.array(point) > low).all() and (np.array(point) < high).all(), name)

    def test_left_is_the_persons_own_left_and_the_face_is_in_front(self):
        points = {name: np.array(point) for name, point in a_figure(4).keypoints.items()}
        # Whoever faces +y has the right hand at +x.
        self.assertGreater(points["right_shoulder"][0], points["left_shoulder"][0])
        self.assertGreater(points["right_hip"][0], points["left_hip"][0])
        ears = (points["left_ear"] + points["right_ear"]) / 2
        self.assertGreater(np.linalg.norm(points["nose"] - ears), 0.08)
        self.assertGreater(points["nose"][2], points["left_shoulder"][2])


if __name__ == "__main__":
    unittest.main()
