"""What already stands in a scene, for things that must not touch it."""

from mathutils import Vector
from mathutils.bvhtree import BVHTree

from ..targets import depsgraph
from .placement import FACES, box_corners, grown, overlap
from .scene_objects import world_box

"""What rests on something touches it."""
TOUCH_M = 1e-3


class FreeSpace:
    """Surfaces of the scene's objects, and the boxes of what was put there since."""

    def __init__(self, scene, ignored):
        """@param ignored objects that may be touched: what things stand on, what is about to be moved"""
        skip = set(ignored)
        self._obstacles = []
        for thing in sorted(scene.objects, key=lambda thing: thing.name):
            if thing.type == "MESH" and thing not in skip and not thing.hide_render:
                box = world_box([thing])
                if box is not None:
                    self._obstacles.append([thing, box, None])
        self._taken = []

    def is_free(self, box, gap=0.0):
        """Whether nothing is nearer to the box than the gap. Something wholly inside a hollow body is free."""
        wanted = grown(box, gap - TOUCH_M)
        if any(overlap(wanted, taken) for taken in self._taken):
            return False
        return not any(overlap(wanted, entry[1]) and self._touches(entry, wanted) for entry in self._obstacles)

    def take(self, box):
        self._taken.append(box)

    def _touches(self, entry, box):
        thing = entry[0]
        if entry[2] is None:
            entry[2] = (BVHTree.FromObject(thing, depsgraph()), thing.matrix_world.inverted_safe())
        tree, to_local = entry[2]
        corners = [to_local @ Vector(corner) for corner in box_corners(box)]
        if tree.overlap(BVHTree.FromPolygons(corners, FACES)):
            return True
        # Surfaces that do not cross: the whole thing may be inside of the box.
        centre = sum(corners, Vector()) / len(corners)
        nearest = tree.find_nearest(centre)[0]
        return nearest is not None and _inside(thing.matrix_world @ nearest, box)


def _inside(point, box):
    return all(low < value < high for value, low, high in zip(point, *box))
