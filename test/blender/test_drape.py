import unittest

import numpy as np

from test.blender import support  # noqa: F401 (the path)

from darkroom import drape, shapes


class DrapeTest(unittest.TestCase):
    def setUp(self):
        angle = np.linspace(0, np.pi, 40)
        self.log = np.concatenate([
            np.column_stack([0.2 * np.cos(angle), np.full(40, y), 0.5 + 0.2 * np.sin(angle)]) for y in np.arange(-0.6, 0.6, 0.02)
        ])

    def cloth(self):
        heights = drape.obstacle(self.log, (-0.5, -0.8), (0.5, 0.8), 0.04, 0.5)
        return heights, drape.relaxed(heights)

    def test_cloth_is_never_below_what_it_covers(self):
        heights, cloth = self.cloth()
        self.assertTrue((cloth > heights).all())
        index = np.rint((self.log[:, :2] - (-0.5, -0.8)) / 0.04).astype(int)
        self.assertTrue((cloth[index[:, 1], index[:, 0]] >= self.log[:, 2]).all())

    def test_cloth_hangs_between_high_places_and_lies_flat_far_from_them(self):
        _, cloth = self.cloth()
        middle = cloth[20]
        self.assertGreater(middle[12], 0.69)
        # Beside the log it slopes down instead of dropping.
        self.assertGreater(middle[12 - 6], 0.52)
        self.assertLess(middle[0], 0.6)
        self.assertTrue((np.diff(middle[:12]) > -1e-6).all())

    def test_a_sheet_has_sides_that_hang_below_its_edge(self):
        _, cloth = self.cloth()
        vertices, quads = drape.sheet(cloth, (-0.5, -0.8), 0.04, hang=0.2)
        self.assertTrue(((quads >= 0) & (quads < len(vertices))).all())
        self.assertLess(vertices[:, 0].min(), -0.5)
        self.assertLess(vertices[vertices[:, 0] < -0.5, 2].min(), 0.4)


class ShapesTest(unittest.TestCase):
    def test_boxes_have_their_size_and_place_sharp_or_rounded(self):
        for radius in (0.0, 0.05):
            vertices, quads = shapes.box((1.0, 2.0, 0.5), (3, 0, 1), radius)
            np.testing.assert_allclose(vertices.max(axis=0) - vertices.min(axis=0), (1, 2, 0.5), atol=1e-6)
            np.testing.assert_allclose((vertices.max(axis=0) + vertices.min(axis=0)) / 2, (3, 0, 1), atol=1e-6)
            a, b, c = (vertices[quads[:, i]] for i in range(3))
            outward = np.einsum("ij,ij->i", np.cross(b - a, c - a), (a + c) / 2 - (3, 0, 1))
            self.assertTrue((outward > -1e-9).all())


if __name__ == "__main__":
    unittest.main()
