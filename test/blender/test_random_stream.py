import json
import unittest

from test.blender.support import ROOT

from darkroom.random_stream import RandomStream


class RandomStreamTest(unittest.TestCase):
    def test_draws_what_the_typescript_side_draws(self):
        golden = json.loads((ROOT / "test/fixtures/random-stream.json").read_text(encoding="utf-8"))
        self.assertGreater(len(golden), 0)
        for case in golden:
            stream = RandomStream(*case["name"])
            self.assertEqual([stream.next() for _ in case["next"]], case["next"])
            self.assertEqual([stream.integer(1, 6) for _ in case["integer"]], case["integer"])
            for expected in case["normal"]:
                self.assertAlmostEqual(stream.normal(2, 0.5), expected, places=12)
            self.assertEqual(stream.shuffled(["a", "b", "c", "d", "e"]), case["shuffled"])

    def test_a_child_does_not_depend_on_what_its_parent_drew(self):
        fresh, used = RandomStream(3, "room"), RandomStream(3, "room")
        for _ in range(5):
            used.next()
        self.assertEqual(fresh.child("lamp", 1).next(), used.child("lamp", 1).next())
        self.assertNotEqual(fresh.child("lamp", 1).next(), fresh.child("lamp", 2).next())
        self.assertEqual(fresh.child("lamp").next(), RandomStream(3, "room", "lamp").next())

    def test_a_weighted_choice_falls_as_often_as_its_weights_say(self):
        stream = RandomStream(3, "cloth")
        drawn = [stream.weighted((("plain", 3), ("dots", 0), ("stripes", 1))) for _ in range(2000)]
        self.assertEqual(set(drawn), {"plain", "stripes"})
        self.assertAlmostEqual(drawn.count("plain") / len(drawn), 0.75, delta=0.04)


if __name__ == "__main__":
    unittest.main()
