import unittest

import numpy as np

from test.blender import support  # noqa: F401 (the path)

from darkroom.people.figure import figure_of, person_of
from darkroom.people.implicit_surface import Capsule, Grid, melt, surface
from darkroom.people.poses import NAMES
from darkroom.people.skeleton import Pose, joints_of
from darkroom.random_stream import RandomStream


class ImplicitSurfaceTest(unittest.TestCase):
    def test_a_sphere_comes_out_round_closed_and_outward(self):
        grid = Grid([-0.3] * 3, [0.3] * 3, 0.02)
        field = grid.empty()
        melt(grid, field, [Capsule((0, 0, 0), (0, 0, 0), 0.2, 0.2)], 0.02)
        vertices, quads = surface(grid, field)
        np.testing.assert_allclose(np.linalg.norm(vertices, axis=1), 0.2, atol=0.004)
        edges = np.sort(np.concatenate([quads[:, [i, (i + 1) % 4]] for i in range(4)]), axis=1)
        _, uses = np.unique(edges, axis=0, return_counts=True)
        self.assertTrue((uses == 2).all())
        a, b, c = (vertices[quads[:, i]] for i in range(3))
        outward = np.einsum("ij,ij->i", np.cross(b - a, c - a), (a + b + c) / 3)
        self.assertTrue((outward > 0).all())


class PeopleTest(unittest.TestCase):
    def test_the_same_stream_gives_the_same_person_and_another_stream_another(self):
        first, again, other = (
            figure_of(person_of(RandomStream(seed)), "standing", RandomStream(seed, "pose")) for seed in (1, 1, 2)
        )
        np.testing.assert_array_equal(first.vertices, again.vertices)
        np.testing.assert_array_equal(first.colours, again.colours)
        self.assertFalse(first.vertices.shape == other.vertices.shape)

    def test_whoever_stands_is_as_tall_as_their_proportions_say_and_stands_on_the_floor(self):
        for seed in range(6):
            person = person_of(RandomStream(seed))
            figure = figure_of(person, "standing", RandomStream(seed, "pose"))
            low, high = figure.vertices[:, 2].min(), figure.vertices[:, 2].max()
            self.assertLess(abs(low), 0.03)
            self.assertLess(abs(high - person.body.height), 0.09)

    def test_every_pose_makes_a_sound_mesh(self):
        for number, name in enumerate(NAMES):
            figure = figure_of(person_of(RandomStream(number)), name, RandomStream(number, "pose"), 0.45)
            self.assertEqual(len(figure.vertices), len(figure.colours))
            self.assertTrue(np.isfinite(figure.vertices).all())
            self.assertTrue(((figure.quads >= 0) & (figure.quads < len(figure.vertices))).all())
            self.assertTrue(((figure.colours >= 0) & (figure.colours <= 1)).all())

    def test_limbs_bend_forward(self):
        body = person_of(RandomStream(0)).body
        places = joints_of(body, Pose("x", hip_flexion=(90, 0), shoulder_flexion=(0, 90), spine_bend=30)).places
        self.assertGreater(places["knee_left"][1], 0.3)
        self.assertGreater(places["elbow_right"][1], places["shoulder_right"][1] + 0.1)
        self.assertGreater(places["neck"][1], 0.05)

    def test_whoever_lies_is_long_and_low(self):
        figure = figure_of(person_of(RandomStream(3)), "lying", RandomStream(3, "pose"), 0.5)
        size = figure.vertices.max(axis=0) - figure.vertices.min(axis=0)
        self.assertGreater(size[1], 1.3)
        self.assertLess(size[2], 0.8)


if __name__ == "__main__":
    unittest.main()
