import statistics
import unittest

import numpy as np
from test.blender import support  # noqa: F401 (the path)

from darkroom.lens import Lens
from darkroom.randomize import colour, placement
from darkroom.randomize.distributions import draw, draw_all, in_drawn_order, shortest_wait

"""As TypeScript draws and bends them: sampleTree() with seed 3 and the path ["x", n], Lens.source()."""
UNIFORM_OF_TYPESCRIPT = 4.830873391322797
CHOICES_OF_TYPESCRIPT = ["a", "a", "a", "a", "c", "a", "a", "a"]
SOURCE_OF_TYPESCRIPT = (139.5347525194685, 77.08631208045804)


class DistributionsTest(unittest.TestCase):
    def test_draws_stay_in_range_and_follow_their_name(self):
        for form in ({"uniform": [2, 6]}, {"logUniform": [2, 6]}, {"integer": [2, 6]}):
            values = [draw(form, 1, "jitter", str(number)) for number in range(200)]
            self.assertGreaterEqual(min(values), 2)
            self.assertLessEqual(max(values), 6)
            self.assertEqual(values[7], draw(form, 1, "jitter", "7"))
        values = [draw({"normal": [5, 2]}, 1, number) for number in range(1000)]
        self.assertAlmostEqual(statistics.mean(values), 5, delta=0.25)
        self.assertAlmostEqual(statistics.stdev(values), 2, delta=0.2)

    def test_plain_values_stand_for_themselves(self):
        self.assertEqual(draw_all({"a": 3, "b": {"constant": [1]}, "c": {"choice": [7]}}, 1), {"a": 3, "b": [1], "c": 7})

    def test_weights_count(self):
        form = {"weighted": [["a", 3], ["b", 1]]}
        share = sum(draw(form, 1, number) == "a" for number in range(2000)) / 2000
        self.assertAlmostEqual(share, 0.75, delta=0.04)

    def test_the_same_numbers_as_in_typescript(self):
        self.assertAlmostEqual(draw({"uniform": [2, 6]}, 3, "x", 1), UNIFORM_OF_TYPESCRIPT, places=12)
        self.assertEqual([draw({"choice": ["a", "b", "c"]}, 3, "x", number) for number in range(8)], CHOICES_OF_TYPESCRIPT)

    def test_one_name_more_leaves_the_order_of_the_others(self):
        names = [f"Prop {number}" for number in range(9)]
        order = in_drawn_order(names, 5, "choose")
        more = in_drawn_order([*names, "Prop new"], 5, "choose")
        self.assertEqual([name for name in more if name != "Prop new"], order)
        self.assertNotEqual(order, names)
        self.assertEqual(shortest_wait([(name, 1.0) for name in names], str, 5, "choose"), order[0])


class ColourTest(unittest.TestCase):
    def test_bodies_glow_red_when_cool_and_blue_when_hot(self):
        self.assertEqual(colour.blackbody(2000)[0], 1)
        self.assertLess(colour.blackbody(2000)[2], 0.15)
        self.assertGreater(min(colour.blackbody(6500)), 0.9)
        self.assertEqual(colour.blackbody(15000)[2], 1)

    def test_hues_turn(self):
        np.testing.assert_allclose(colour.shifted((1, 0, 0), hue=1 / 3), (0, 1, 0), atol=1e-9)
        np.testing.assert_allclose(colour.shifted((0.5, 0.5, 0.5), hue=0.3, value=0.5), (0.25, 0.25, 0.25))


class PlacementTest(unittest.TestCase):
    def test_boxes_that_touch_do_not_overlap(self):
        unit = ((0, 0, 0), (1, 1, 1))
        self.assertFalse(placement.overlap(unit, ((1, 0, 0), (2, 1, 1))))
        self.assertTrue(placement.overlap(unit, ((0.9, 0.2, 0.2), (2, 0.8, 0.8))))
        self.assertTrue(placement.overlap(placement.grown(unit, 0.1), ((1.05, 0, 0), (2, 1, 1))))

    def test_a_footprint_stays_in_its_area(self):
        low, high = placement.shrink_area(((0, 0), (4, 2)), ((-1, -0.5, 0), (1, 0.5, 1)))
        np.testing.assert_allclose([low, high], [[1, 0.5], [3, 1.5]])
        self.assertIsNone(placement.shrink_area(((0, 0), (1, 1)), ((-1, -1, 0), (1, 1, 1))))

    def test_corners_and_faces_make_a_closed_box(self):
        corners = placement.box_corners(((0, 0, 0), (1, 2, 3)))
        area = 0.0
        for face in placement.FACES:
            a, b, c, d = corners[list(face)]
            area += np.linalg.norm(np.cross(b - a, d - a))
            np.testing.assert_allclose(a + c, b + d)
        self.assertAlmostEqual(area, 2 * (1 * 2 + 2 * 3 + 1 * 3))

    def test_turns_go_counter_clockwise(self):
        np.testing.assert_allclose(placement.rotation_z(90) @ [1, 0, 0, 1], [0, 1, 0, 1], atol=1e-9)
        np.testing.assert_allclose(placement.rotation((90, 0, 0)) @ [0, 1, 0, 1], [0, 0, 1, 1], atol=1e-9)


class LensTest(unittest.TestCase):
    def test_undoes_itself(self):
        rng = np.random.default_rng(1)
        points = rng.uniform((0, 0), (640, 400), (200, 2))
        for k in (-0.4, -0.1, 0.05, 0.15):
            lens = Lens(k, 640, 400)
            np.testing.assert_allclose(lens.image(lens.source(points)), points, atol=1e-6)

    def test_the_same_numbers_as_in_typescript(self):
        np.testing.assert_allclose(Lens(-0.3, 640, 400).source([[100.5, 50.5]])[0], SOURCE_OF_TYPESCRIPT, rtol=1e-12)

    def test_keypoints_go_where_their_pixels_go(self):
        lens = Lens(-0.3, 640, 400)
        x, y = lens.source([[100.0, 50.0]])[0]
        points = lens.keypoints({"nose": [x, y, 2], "left_eye": [0, 0, 0]})
        self.assertEqual(points, {"nose": [100.0, 50.0, 2], "left_eye": [0, 0, 0]})

    def test_a_barrel_makes_the_middle_larger(self):
        mask = np.zeros((100, 100), dtype=int)
        mask[40:60, 40:60] = 1  # 400 pixels
        self.assertGreater(Lens(-0.3, 100, 100).warp(mask).sum(), 500)
        self.assertLess(Lens(0.15, 100, 100).warp(mask).sum(), 380)


if __name__ == "__main__":
    unittest.main()
