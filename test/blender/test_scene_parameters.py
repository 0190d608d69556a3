import unittest

from test.blender import support  # noqa: F401 (the path)

from darkroom.scene_parameters import ParameterError, Parameters, fill_in

DESCRIBED = {
    "look": {"default": "home", "choices": ["home", "ward"]},
    "light": {"warmth": {"default": 0.5}, "strength": {"default": 1.0}},
}


class SceneParametersTest(unittest.TestCase):
    def test_fills_defaults_in_at_every_depth(self):
        filled = fill_in(DESCRIBED, {"light": {"warmth": 0.9}}, "room.py")
        self.assertEqual(filled, {"look": "home", "light": {"warmth": 0.9, "strength": 1.0}})

    def test_an_unknown_name_is_refused_with_the_nearest_one(self):
        with self.assertRaisesRegex(ParameterError, r"room.py has no parameter loook. Did you mean look\?"):
            fill_in(DESCRIBED, {"loook": "home"}, "room.py")
        with self.assertRaisesRegex(ParameterError, r"no parameter light.warm. Did you mean light.warmth\?"):
            fill_in(DESCRIBED, {"light": {"warm": 1}}, "room.py")

    def test_a_value_beside_the_choices_is_refused(self):
        with self.assertRaisesRegex(ParameterError, "look must be one of home, ward, not 'barn'"):
            fill_in(DESCRIBED, {"look": "barn"}, "room.py")

    def test_a_group_takes_no_plain_value(self):
        with self.assertRaisesRegex(ParameterError, "light is a group"):
            fill_in(DESCRIBED, {"light": 3}, "room.py")

    def test_streams_depend_on_the_seed_and_the_name_alone(self):
        first, second = Parameters({"a": 1}, 4), Parameters({"a": 2}, 4)
        self.assertEqual(first.random("size").next(), second.random("size").next())
        self.assertNotEqual(first.random("size").next(), Parameters({}, 5).random("size").next())


if __name__ == "__main__":
    unittest.main()
