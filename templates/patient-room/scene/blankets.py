"""A blanket over someone in bed, or over the bed."""

import math

import numpy as np
from darkroom import drape, mesh_objects

CELL_M = 0.03


def lay_blanket(scene, random, material, bed, person, cover):
    """Cloth over the bed's lower end. @param bed a Placed bed @param person the object that lies there, or None
    @param cover 0 = hardly the feet, 1 = up to the neck"""
    _, hips, _, top = bed.piece.beds[0]
    width, length = bed.piece.width - 0.12, bed.piece.depth - 0.06
    # The neck is where the back would be flat; a raised back brings it nearer to the hips.
    head_end = hips - 0.42
    if person is not None:
        local = _own(person, bed)
        shoulders = min(local[local[:, 1] < hips, 1].max(initial=head_end), np.quantile(local[:, 1], 0.02) + 0.36)
        head_end = min(hips - 0.1, float(shoulders))
    foot_end = length - 0.03
    start = foot_end - (foot_end - head_end) * (0.12 + 0.88 * cover)
    low, high = (-width / 2, start), (width / 2, foot_end)
    lying = np.zeros((0, 3)) if person is None else local
    heights = drape.obstacle(lying, low, high, CELL_M, top)
    if person is None:
        # An empty bed's blanket is never flat.
        rows, columns = heights.shape
        y, x = np.mgrid[0:rows, 0:columns]
        heights += 0.02 * np.sin(x * random.uniform(0.2, 0.5) + y * random.uniform(0.1, 0.3)) ** 2
    cloth = drape.relaxed(heights, 0.014, 26)
    rows, columns = cloth.shape
    y, x = np.mgrid[0:rows, 0:columns]
    tilt, wave = random.uniform(-0.5, 0.5), random.uniform(0.35, 0.6)
    cloth += 0.005 * np.sin((x + tilt * y) * wave + 1.5 * np.sin(y * 0.3)) + 0.004 * np.sin(y * wave * 0.9 + x * tilt)
    # The turned-over hem.
    cloth[:4] += 0.012
    vertices, quads = drape.sheet(cloth, low, CELL_M, random.uniform(0.14, 0.3), phase=random.uniform(0, 6))
    thing = mesh_objects.mesh_object(scene, "blanket", vertices, quads)
    thing.data.materials.append(material)
    thing.location = (bed.x, bed.y, 0)
    thing.rotation_euler = (0, 0, math.radians(bed.heading))


def _own(person, bed):
    """[N, 3] the person's vertices in the bed's coordinates"""
    vertices = np.empty(len(person.data.vertices) * 3, dtype=np.float32)
    person.data.vertices.foreach_get("co", vertices)
    turn = person.rotation_euler.z
    c, s = math.cos(turn), math.sin(turn)
    x, y, z = vertices.reshape(-1, 3).T
    world = np.stack([c * x - s * y + person.location.x - bed.x, s * x + c * y + person.location.y - bed.y, z + person.location.z])
    angle = math.radians(-bed.heading)
    c, s = math.cos(angle), math.sin(angle)
    return np.stack([c * world[0] - s * world[1], s * world[0] + c * world[1], world[2]], axis=1)
