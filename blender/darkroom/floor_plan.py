"""Where things stand: pieces along the walls and free on the floor, none inside another. No bpy."""

import math
from dataclasses import dataclass, field


@dataclass
class Placed:
    """A piece with its place on the floor and its heading (degrees, 0 = front towards +y)."""

    piece: object
    x: float
    y: float
    heading: float

    def at(self, x, y):
        """A point of the piece's own coordinates in the room."""
        angle = math.radians(self.heading)
        return (
            self.x + x * math.cos(angle) - y * math.sin(angle),
            self.y + x * math.sin(angle) + y * math.cos(angle),
        )


@dataclass
class FloorPlan:
    """A room from (−width/2, −depth/2) to (width/2, depth/2)."""

    width: float
    depth: float
    placed: list = field(default_factory=list)
    taken: list = field(default_factory=list)

    def along_wall(self, piece, random, tries=25):
        """Back to a wall, at a free stretch of it. @returns the Placed, or None when there is no room"""
        for _ in range(tries):
            heading = random.choice((0, 90, 180, 270))
            sideways = heading in (90, 270)
            length = self.depth if sideways else self.width
            free = length / 2 - piece.width / 2 - 0.05
            if free <= 0:
                continue
            offset, gap = random.uniform(-free, free), 0.04
            x, y = {
                0: (offset, -self.depth / 2 + gap), 180: (offset, self.depth / 2 - gap),
                90: (self.width / 2 - gap, offset), 270: (-self.width / 2 + gap, offset),
            }[heading]
            placed = self._put(Placed(piece, x, y, heading))
            if placed:
                return placed
        return None

    def free_standing(self, piece, random, tries=25):
        """Anywhere, turned anyhow."""
        for _ in range(tries):
            x = random.uniform(-0.5, 0.5) * (self.width - piece.depth - 0.6)
            y = random.uniform(-0.5, 0.5) * (self.depth - piece.depth - 0.6)
            placed = self._put(Placed(piece, x, y, random.uniform(0, 360)))
            if placed:
                return placed
        return None

    def put(self, piece, x, y, heading):
        """At a chosen place, if it is free."""
        return self._put(Placed(piece, x, y, heading))

    def spot(self, random, radius, tries=40):
        """A free circle for someone who stands. @returns (x, y) or None"""
        for _ in range(tries):
            x = random.uniform(-0.5, 0.5) * (self.width - 2 * radius - 0.1)
            y = random.uniform(-0.5, 0.5) * (self.depth - 2 * radius - 0.1)
            if self._free([(x, y, radius)]):
                self.taken.append((x, y, radius))
                return x, y
        return None

    def take(self, x, y, radius):
        """A chosen circle of the floor, if it is free. @returns whether it was"""
        if not self._free([(x, y, radius)]):
            return False
        self.taken.append((x, y, radius))
        return True

    def _put(self, placed):
        circles = _circles(placed)
        if not self._free(circles):
            return None
        self.taken.extend(circles)
        self.placed.append(placed)
        return placed

    def _free(self, circles):
        for x, y, radius in circles:
            if abs(x) > self.width / 2 - 0.5 * radius or abs(y) > self.depth / 2 - 0.5 * radius:
                return False
            for other_x, other_y, other_radius in self.taken:
                if math.hypot(x - other_x, y - other_y) < radius + other_radius:
                    return False
        return True


def _circles(placed):
    """A rectangle as a row of circles: good enough to keep things apart."""
    piece = placed.piece
    long_side, short_side = max(piece.width, piece.depth), min(piece.width, piece.depth)
    radius = short_side / 2
    count = max(1, round(long_side / short_side))
    circles = []
    for i in range(count):
        along = ((i + 0.5) / count - 0.5) * (long_side - 0.0)
        x, y = (along, piece.depth / 2) if piece.width >= piece.depth else (0, piece.depth / 2 + along)
        circles.append((*placed.at(x, y), radius * 0.95))
    return circles
