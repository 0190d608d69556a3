import unittest

from test.blender import support  # noqa: F401 (the path)

from darkroom.selection import fits, property_text, selected


class SelectionTest(unittest.TestCase):
    def test_patterns_know_two_signs(self):
        for pattern, good in (("Chair.001", True), ("Chair*", True), ("*", True), ("Chair.00?", True)):
            self.assertEqual(fits("Chair.001", pattern), good)
        for pattern in ("chair*", "Chair", "Chair?001x", "[C]hair*", "Chair.0.1"):
            self.assertFalse(fits("Chair.001", pattern), pattern)

    def test_all_that_is_given_must_hold(self):
        chair = ("Chair.001", ["Room", "Seats"], {"kind": "swivel", "loose": "true"})
        for selector in ({"objects": "Chair*"}, {"collection": "Seat?"}, {"property": "kind"}, {"property": "loose=true"}):
            self.assertTrue(selected(*chair, selector), selector)
        for selector in ({"collection": "Tables"}, {"property": "kind=stool"}, {"objects": "Chair*", "collection": "T*"}):
            self.assertFalse(selected(*chair, selector), selector)

    def test_properties_read_as_they_are_written(self):
        self.assertEqual([property_text(value) for value in (True, False, 3, "a")], ["true", "false", "3", "a"])


if __name__ == "__main__":
    unittest.main()
