import json
import tempfile
import unittest
from pathlib import Path

import numpy as np

from test.blender import support

from darkroom.people.keypoints import NAMES
from darkroom.people.makehuman.clipping import Clipped
from darkroom.people.makehuman.figure import makehuman_figure
from darkroom.people.makehuman.files import AssetError, read_obj, read_rig, read_target, read_weights
from darkroom.people.makehuman.library import asset_folder, load_library
from darkroom.people.makehuman.shape import Shape, mixed, target_shares
from darkroom.people.makehuman.skinning import Posed
from darkroom.people.person import person_of
from darkroom.people.poses import pose_of
from darkroom.people.skeleton import Pose
from darkroom.random_stream import RandomStream

ASSETS = support.ROOT.parent / "shared" / "data" / "makehuman"
needs_assets = unittest.skipUnless(ASSETS.is_dir(), f"MakeHuman's assets are not at {ASSETS}")


class FilesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def test_an_obj_becomes_metres_in_our_axes_by_group(self):
        path = self.file("base.obj", "v 10 20 30\nv 0 0 0\nv 1 0 0\nv 1 1 0\ng body\nf 1/1 2/2 3/3 4/4\ng joint-x\nf 1 2 3\n")
        mesh = read_obj(path)
        # Their left is +x, up is y, forward is z; ours: right, forward, up.
        np.testing.assert_allclose(mesh.vertices[0], (-1.0, 3.0, 2.0))
        np.testing.assert_array_equal(mesh.groups["body"], [[0, 1, 2, 3]])
        np.testing.assert_array_equal(mesh.groups["joint-x"], [[0, 1, 2, 0]])

    def test_broken_files_are_refused_with_file_and_line(self):
        obj = "v 1 2 3\nv 1 2 3\nv 0 0 1\ng body\n"
        for call, message in (
            (lambda: read_obj(self.file("a.obj", "v 1 2 x\n")), r"a\.obj:1:"),
            (lambda: read_obj(self.file("b.obj", obj + "f 1 2\n")), r"b\.obj:5:"),
            (lambda: read_obj(self.file("c.obj", obj + "f 1 2 9\n")), r"names vertex 9 of 3"),
            (lambda: read_obj(str(self.folder / "none.obj")), r"none\.obj: No such file"),
            (lambda: read_target(self.file("a.target", "# x\n1 2 3\n"), 5), r"a\.target: not lines"),
            (lambda: read_target(self.file("b.target", "7 0 0 1\n"), 5), r"names vertex 7"),
            (lambda: read_rig(self.file("a.mhskel", '{"bones": {')), r"a\.mhskel:1: not JSON"),
            (lambda: read_rig(self.file("b.mhskel", '{"bones": {}}')), r"'joints' is missing"),
            (lambda: read_weights(self.file("a.mhw", "{}")), r"no weights"),
            (lambda: asset_folder(str(self.folder)), r"expected 3dobjs/base\.obj"),
        ):
            with self.assertRaisesRegex(AssetError, message):
                call()

    def test_a_target_weights_and_a_rig(self):
        index, offsets = read_target(self.file("a.target", "# comment\n3 10 0 0\n1 0 0 5\n"), 4)
        np.testing.assert_array_equal(index, (3, 1))
        np.testing.assert_allclose(offsets, ((-1, 0, 0), (0, 0.5, 0)))
        weights = read_weights(self.file("w.mhw", json.dumps({"weights": {"head": [[2, 0.5]], "jaw": []}})))
        np.testing.assert_array_equal(weights["head"][0], [2])
        self.assertEqual(len(weights["jaw"][0]), 0)
        rig = read_rig(self.file("r.mhskel", json.dumps({"bones": {"root": {"parent": None, "head": "h"}}, "joints": {"h": [1, 2]}})))
        self.assertEqual(rig.parents, {"root": None})
        np.testing.assert_array_equal(rig.heads["root"], [1, 2])


class ShapeTest(unittest.TestCase):
    def test_shares_of_one_kind_of_target_sum_up_to_one(self):
        shares = target_shares(Shape(male=0.3, old=0.6, muscle=-0.4, weight=0.7, origins=(0.2, 0.3, 0.5)))
        universal = sum(share for name, share in shares.items() if name.startswith("universal"))
        others = sum(share for name, share in shares.items() if not name.startswith("universal"))
        self.assertAlmostEqual(universal, 1.0)
        self.assertAlmostEqual(others, 1.0)

    def test_an_average_young_woman_needs_few_targets(self):
        shares = target_shares(Shape(male=0.0, old=0.0, muscle=0.0, weight=0.0, origins=(0.0, 1.0, 0.0)))
        self.assertEqual(shares, {"asian-female-young": 1.0, "universal-female-young-averagemuscle-averageweight": 1.0})


class ClippingTest(unittest.TestCase):
    def test_a_strip_of_quads_ends_where_the_field_crosses_zero(self):
        x, y = np.meshgrid(np.arange(5.0), np.arange(3.0), indexing="ij")
        vertices = np.stack([x.ravel(), y.ravel(), np.zeros(15)], axis=1)
        grid = np.arange(15).reshape(5, 3)
        quads = np.stack([grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]], -1).reshape(-1, 4)
        clipped = Clipped(quads, vertices[:, 0] - 2.25)
        moved = clipped.at(vertices)
        self.assertEqual(len(clipped.quads), 6)
        self.assertAlmostEqual(float(moved[clipped.quads][:, :, 0].max()), 2.25, places=5)
        np.testing.assert_allclose(moved[:9], vertices[:9])


@needs_assets
class FigureTest(unittest.TestCase):
    def figure(self, seed, pose, height=0.0, **who):
        stream = RandomStream(seed)
        own_pose = pose_of(pose, stream.child("pose"), height) if isinstance(pose, str) else pose
        return makehuman_figure(str(ASSETS), person_of(stream.child("person"), **who), own_pose, stream.child("cloth"))

    def test_every_macro_target_that_is_asked_for_is_there(self):
        library = load_library(str(ASSETS / "3dobjs" / "base.obj"))
        shape = Shape(male=0.5, old=0.5, muscle=0.5, weight=-0.5, origins=(0.3, 0.3, 0.4))
        self.assertEqual([name for name in target_shares(shape) if name not in library.targets], [])

    def test_weights_of_every_vertex_sum_up_to_one(self):
        np.testing.assert_allclose(load_library(str(ASSETS)).weights.sum(axis=1), 1.0, atol=1e-5)

    def test_heavy_is_wider_than_slight(self):
        library = load_library(str(ASSETS))
        body = np.unique(library.mesh.groups["body"])
        waist = body[library.weights[body].argmax(axis=1) == library.bone("waist")]
        widths = [
            np.ptp(mixed(library, Shape(0.5, 0.2, 0.0, weight, (0, 0, 1)))[waist, 0]) for weight in (-1, 0, 1)
        ]
        self.assertLess(widths[0], widths[1])
        self.assertLess(widths[1], widths[2])

    def test_limbs_point_where_the_pose_says(self):
        library = load_library(str(ASSETS))
        pose = Pose("x", hip_flexion=(90, 0), hip_abduction=(0, 0), shoulder_flexion=(0, 90), shoulder_abduction=(0, 0))
        posed = Posed(library, library.mesh.vertices, pose)
        at = lambda bone: posed.places[library.bone(bone)]  # noqa: E731
        for bone, following, expected in (
            ("thigh_left", "shin_left", (0, 1, 0)), ("thigh_right", "shin_right", (0, 0, -1)),
            ("upper_arm_right", "forearm_right", (0, 1, 0)), ("upper_arm_left", "forearm_left", (0, 0, -1)),
        ):
            direction = at(following) - at(bone)
            np.testing.assert_allclose(direction / np.linalg.norm(direction), expected, atol=0.02, err_msg=bone)

    def test_people_stand_on_the_floor_as_tall_as_they_are_and_have_all_keypoints_inside(self):
        for seed, style in enumerate(("street", "nurse", "patient", "doctor")):
            figure = self.figure(seed, Pose("upright"), style=style)
            height = person_of(RandomStream(seed).child("person"), style).body.height
            low, high = figure.vertices[:, 2].min(), figure.vertices[:, 2].max()
            self.assertAlmostEqual(float(low), 0.0, places=4)
            self.assertLess(abs(high - height), 0.08)
            self.assertEqual(tuple(figure.keypoints), NAMES)
            for name, point in figure.keypoints.items():
                inside = (np.array(point) > figure.vertices.min(axis=0) - 1e-3).all()
                self.assertTrue(inside and (np.array(point) < figure.vertices.max(axis=0) + 1e-3).all(), name)
            self.assertGreater(figure.keypoints["right_shoulder"][0], figure.keypoints["left_shoulder"][0])

    def test_meshes_are_sound_in_every_pose_and_the_same_again(self):
        for number, pose in enumerate(("sitting", "lying", "walking", "free")):
            first, again = (self.figure(number, pose, 0.5, ages="all") for _ in range(2))
            np.testing.assert_array_equal(first.vertices, again.vertices)
            self.assertTrue(np.isfinite(first.vertices).all())
            self.assertTrue(((first.quads >= 0) & (first.quads < len(first.vertices))).all())
            self.assertLess(first.slots.max(), len(first.looks))


if __name__ == "__main__":
    unittest.main()
