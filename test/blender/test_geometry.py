import unittest

import numpy as np

from test.blender import support  # noqa: F401 (the path)

from darkroom import geometry

K = geometry.intrinsics(200, 100, 36.0, 36.0)


class GeometryTest(unittest.TestCase):
    def test_a_camera_looks_along_its_minus_z_at_the_target(self):
        for target in ([1, 2, 3], [0, 0, 5], [4, -1, 0]):
            matrix = geometry.look_at([4, -1, 2], target, 0.3)
            direction = np.array(target) - [4, -1, 2]
            np.testing.assert_allclose(-matrix[:3, 2], direction / np.linalg.norm(direction), atol=1e-9)
            np.testing.assert_allclose(matrix[:3, :3].T @ matrix[:3, :3], np.eye(3), atol=1e-9)

    def test_orbits_keep_their_distance_and_height(self):
        point = geometry.orbit([1, 1, 1], 4.0, 30.0, 70.0)
        self.assertAlmostEqual(float(np.linalg.norm(point - 1)), 4.0)
        self.assertAlmostEqual(float(point[2]), 3.0)
        np.testing.assert_allclose(geometry.orbit([0, 0, 0], 2.0, 0.0, 0.0), [0, -2, 0], atol=1e-9)

    def test_projects_the_axis_to_the_middle_and_up_to_smaller_y(self):
        pixels = geometry.to_pixels(np.array([[0, 0, -3.0], [0, 1, -2.0], [0.5, 0, -1.0]]), K)
        np.testing.assert_allclose(pixels, [[100, 50], [100, -50], [200, 50]])

    def test_pixel_directions_undo_the_projection(self):
        points = np.array([[0.3, -0.2, -2.0], [-1.0, 0.4, -5.0]])
        pixels = geometry.to_pixels(points, K)
        directions = geometry.pixel_directions(pixels[:, 0], pixels[:, 1], K)
        np.testing.assert_allclose(directions, points / np.linalg.norm(points, axis=1, keepdims=True))

    def test_a_box_reaches_over_the_image_where_its_object_does(self):
        square = np.array([[-3, -1, -2.0], [1, -1, -2.0], [1, 1, -2.0], [-3, 1, -2.0]])
        self.assertEqual(geometry.amodal_box(square, np.zeros((0, 2), int), K, 0.1), (-200, -50, 200, 150))

    def test_an_edge_through_the_near_plane_counts_up_to_the_crossing(self):
        line = np.array([[0.2, 0.0, -2.0], [0.2, 0.0, 2.0]])
        box = geometry.amodal_box(line, np.array([[0, 1]]), K, 0.1)
        self.assertAlmostEqual(box[0], 120)
        self.assertAlmostEqual(box[2], 100 + 200 * 0.2 / 0.1)

    def test_what_is_behind_the_camera_has_no_box(self):
        self.assertIsNone(geometry.amodal_box(np.array([[0, 0, 1.0]]), np.zeros((0, 2), int), K, 0.1))

    def test_clips_boxes_to_whole_pixels_inside_the_image(self):
        self.assertEqual(geometry.clip_box((-3.2, 4.5, 9.1, 300), 200, 100), (0, 4, 10, 100))
        self.assertIsNone(geometry.clip_box((200.5, 0, 220, 10), 200, 100))

    def test_an_outline_keeps_each_ray_that_can_meet_something_and_drops_those_that_pass_beside(self):
        random = np.random.default_rng(5)
        points = random.uniform([-1, -1, -6], [1, 1, -3], (40, 3))
        shares = random.dirichlet(np.ones(40), 500)
        self.assertTrue(geometry.within_outline(shares @ points, points).all())
        self.assertTrue(geometry.within_outline(points, points).all())
        beside = np.array([[1.0, 0.0, -1.0], [0.0, -1.0, -1.0], [0.6, 0.6, -1.0]])
        self.assertFalse(geometry.within_outline(beside, points).any())
        around = np.vstack([points, [0.0, 0.0, 1.0]])
        self.assertTrue(geometry.within_outline(beside, around).all())

    def test_sample_grids_stand_for_all_pixels_of_their_box(self):
        for box in ((0, 0, 7, 5), (10, 3, 310, 200), (0, 0, 1, 900)):
            x, y, weight = geometry.sample_grid(box, 2500)
            self.assertLessEqual(len(x), 2500)
            self.assertAlmostEqual(len(x) * weight, (box[2] - box[0]) * (box[3] - box[1]))
            self.assertTrue(((x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])).all())
        x, y, weight = geometry.sample_grid((2, 3, 4, 5), 2500)
        self.assertEqual(sorted(zip(x, y)), [(2.5, 3.5), (2.5, 4.5), (3.5, 3.5), (3.5, 4.5)])


if __name__ == "__main__":
    unittest.main()
