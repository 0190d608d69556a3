"""The head: skull, face, ears, as fields; its colours; its eyes. In the head's own coordinates: metres at a head of
22.4 cm, y to the front, z = 0 a little above the chin's edge."""

from dataclasses import dataclass

import numpy as np

from .implicit_surface import Ball, Tube

HEAD_M = 0.2236
EYE_Z, EYE_Y, EYE_RADIUS = 0.090, 0.0715, 0.0122


@dataclass(frozen=True)
class Face:
    """Deviations from a usual face, about −1 to 1."""

    jaw: float
    nose_length: float
    nose_width: float
    eyes: float
    lips: float
    brow: float
    cheeks: float


def face_of(random, shape, childhood):
    """@param shape of the body, 0–1 @param childhood 1 for small children"""
    draw = lambda spread: max(-1.3, min(1.3, random.normal(0, spread)))  # noqa: E731
    sex = 0.5 - shape
    return Face(
        jaw=draw(0.4) + 1.2 * sex - childhood, nose_length=draw(0.45) + 0.4 * sex - 1.1 * childhood,
        nose_width=draw(0.5), eyes=draw(0.4) + 0.3 * childhood, lips=draw(0.45) - 0.7 * sex,
        brow=draw(0.3) + 1.3 * sex - 0.6 * childhood, cheeks=draw(0.4) + 0.5 * childhood,
    )


class HeadPlace:
    """From the head's own coordinates to places in the world."""

    def __init__(self, body, joints):
        self.base, self.frame = joints.places["skull"], joints.frames["head"]
        self.scale = body.head / HEAD_M
        self.rows = tuple(tuple(float(v) for v in row) for row in self.frame)

    def __call__(self, x, y, z):
        return tuple(float(v) for v in self.base + self.frame @ np.array([x, y, z]) * self.scale)

    def own(self, points):
        """points [N, 3] in the world → [N, 3]"""
        return (points - self.base) @ self.frame / self.scale

    def ball(self, centre, radii, turn=None):
        rows = self.rows if turn is None else tuple(tuple(float(v) for v in row) for row in self.frame @ turn)
        return Ball(self(*centre), tuple(radius * self.scale for radius in radii), rows)

    def tube(self, a, b, radius_a, radius_b, depth_a=None, depth_b=None):
        s = self.scale
        flat = {} if depth_a is None else {"depth_a": depth_a * s, "depth_b": depth_b * s}
        return Tube(self(*a), self(*b), radius_a * s, radius_b * s, side=tuple(self.frame[:, 0]), **flat)


def skull(at, face):
    """The large forms, to be melted softly."""
    jaw = 0.043 + 0.0035 * face.jaw
    return [
        at.ball((0, -0.018, 0.118), (0.0735, 0.094, 0.079)),
        at.ball((0, 0.022, 0.122), (0.064, 0.066, 0.062)),
        at.tube((0, 0.026, 0.105), (0, 0.034, 0.045), 0.0610, 0.0545, 0.058, 0.052),
        at.tube((0, 0.022, 0.045), (0, 0.050, 0.004), 0.0515 + 0.002 * face.jaw, jaw * 0.66, 0.050, 0.031),
        at.ball((0, -0.040, 0.075), (0.056, 0.052, 0.060)),
    ]


def features(at, face):
    """The small forms of the face, melted with hard edges."""
    nose = 0.0025 * face.nose_length
    wide = 1 + 0.16 * face.nose_width
    parts = [
        at.tube((-0.034, 0.068, 0.1055), (0.034, 0.068, 0.1055), 0.011, 0.011),
        at.ball((0, 0.069 + 0.002 * face.jaw, 0.002), (0.017 + 0.002 * face.jaw, 0.014, 0.013)),
        at.tube((0, 0.080, 0.094), (0, 0.0985 + nose, 0.061 - nose), 0.0068 * wide, 0.0098 * wide),
        at.ball((0, 0.0985 + nose, 0.0565 - nose), (0.0115 * wide, 0.0115, 0.0095)),
        at.tube((-0.017, 0.0785, 0.0318), (0.017, 0.0785, 0.0318), 0.0035, 0.0035, 0.0055, 0.0055),
        at.ball((0, 0.0815, 0.0322), (0.012, 0.0058, 0.0042 + 0.0008 * face.lips)),
        at.ball((0, 0.0800, 0.0232), (0.0145, 0.0062, 0.0048 + 0.001 * face.lips)),
    ]
    for sign in (-1, 1):
        parts.append(at.ball((sign * 0.0105 * wide, 0.0885, 0.0535 - nose), (0.0075 * wide, 0.0095, 0.0068)))
        parts.append(at.ball((sign * 0.043, 0.052, 0.067), (0.021, 0.021 + 0.003 * face.cheeks, 0.019)))
    return parts


def sockets(at):
    """What eyes lie in, to be carved."""
    return [at.ball((sign * 0.0315, 0.0930, EYE_Z + 0.001), (0.0148, 0.0125, 0.0068)) for sign in (-1, 1)]


def ears(at):
    parts = []
    for sign in (-1, 1):
        angle = sign * 0.42
        c, s = np.cos(angle), np.sin(angle)
        turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
        parts.append(at.ball((sign * 0.0765, -0.006, 0.081), (0.0070, 0.0185, 0.0300), turn))
        parts.append(at.ball((sign * 0.0735, 0.001, 0.060), (0.0065, 0.0105, 0.0120), turn))
    return parts


def mouth_line(at):
    return [at.tube((-0.019, 0.0905, 0.0276), (0.019, 0.0905, 0.0276), 0.0022, 0.0022, 0.0042, 0.0042)]


def paint(colours, own, person):
    """Blush, lips, brows, lids, stubble onto skin. colours [N, 3] linear, in place; own [N, 3]"""
    x, y, z = np.abs(own[:, 0]), own[:, 1], own[:, 2]
    skin = np.array(person.skin, dtype=np.float32)
    front = y > 0.03
    face = person.face

    def tint(weight, factor):
        colours[:] *= 1 - np.clip(weight, 0, 1)[:, None] * (1 - np.asarray(factor, dtype=np.float32))

    blob = lambda cx, cz, rx, rz: np.clip(1.4 - 1.4 * np.hypot((x - cx) / rx, (z - cz) / rz), 0, 1) * front  # noqa: E731
    tint(blob(0.045, 0.060, 0.030, 0.024) * 0.6, (1.0, 0.82, 0.80))
    tint(np.clip(1.5 - 1.5 * np.hypot(x / 0.016, (z - 0.056) / 0.014), 0, 1) * (y > 0.085) * 0.7, (1.0, 0.84, 0.80))
    tint(blob(0.0315, EYE_Z + 0.001, 0.026, 0.019) * 0.9, (0.72, 0.64, 0.62))
    lips = np.clip(2.6 - 2.4 * np.hypot(x / 0.0225, (z - 0.0275) / (0.0105 + 0.0015 * face.lips)), 0, 1) * front
    tint(lips, (0.80, 0.50, 0.50) if skin[0] > 0.2 else (0.85, 0.60, 0.62))
    tint(np.clip(1.5 - np.abs(z - 0.0276) / 0.0022, 0, 1) * (x < 0.020) * front, (0.45, 0.35, 0.35))
    hollow = np.hypot((x - 0.0085) / 0.0042, (z - 0.0495) / 0.0036) < 1
    tint(hollow * (y > 0.082), (0.35, 0.28, 0.28))
    # Brows: thick at the nose, arched, thin outside.
    line = 0.1055 + 0.004 * np.sin(np.clip((x - 0.012) / 0.036, 0, 1) * np.pi)
    thick = 0.0052 + 0.0012 * face.brow - 0.0022 * np.clip((x - 0.02) / 0.03, 0, 1)
    brows = np.clip(1.6 - np.abs(z - line) / np.maximum(thick, 0.003), 0, 1) * (x > 0.012) * (x < 0.050) * (y > 0.05)
    dark = np.minimum(np.array(person.hair_colour, dtype=np.float32) * 0.8, skin * 0.55)
    weight = np.clip(brows * 0.85, 0, 1)[:, None]
    colours[:] = colours * (1 - weight) + dark * weight
    lash = np.clip(1.5 - np.abs(np.hypot((x - 0.0315) / 0.0150, (z - EYE_Z) / 0.0070) - 1) / 0.22, 0, 1)
    tint(lash * (z > EYE_Z) * (y > 0.045), (0.25, 0.22, 0.22))
    if person.beard > 0:
        low = np.clip((0.062 - 0.5 * np.clip(x - 0.03, 0, 1) - z) / 0.012, 0, 1) * np.clip((y + 0.005) / 0.02, 0, 1)
        above = np.clip((0.049 - z) / 0.006, 0, 1) + (x > 0.034)
        beard = low * np.clip(above, 0, 1) * (1 - lips) * np.clip((z + 0.035) / 0.02, 0, 1)
        grain = 0.85 + 0.15 * np.sin(own[:, 0] * 900) * np.sin(own[:, 2] * 800)
        weight = (np.clip(beard * grain, 0, 1) * person.beard)[:, None]
        colours[:] = colours * (1 - weight) + np.array(person.hair_colour, dtype=np.float32) * weight


def eyeballs(at, iris, look, closed, skin):
    """Two small spheres with white, iris and pupil. @param look (right, up) radians @param iris linear RGB
    @returns vertices [N, 3], quads [M, 4], colours [N, 3]"""
    rings, segments = 11, 14
    polar = np.concatenate([[0.02, 0.16, 0.19, 0.47, 0.53], np.linspace(0.75, 2.2, rings - 5)])
    around = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    unit = np.stack([
        np.sin(polar)[:, None] * np.cos(around), np.repeat(np.cos(polar)[:, None], segments, 1),
        np.sin(polar)[:, None] * np.sin(around),
    ], axis=-1).reshape(-1, 3)
    colour = np.array([
        (0.004, 0.004, 0.004) if p < 0.175 else iris if p < 0.5 else (0.46, 0.43, 0.41) for p in polar
    ], dtype=np.float32).repeat(segments, 0)
    if closed:
        colour[:] = np.array(skin) * 0.8
    grid = np.arange(rings * segments).reshape(rings, segments)
    following = np.roll(grid, -1, axis=1)
    quads = np.stack([grid[:-1], grid[1:], following[1:], following[:-1]], axis=-1).reshape(-1, 4)
    right, up = look
    turn = np.array([[1, right, 0], [-right, 1, up], [0, -up, 1.0]])
    vertices, faces, colours = [], [], []
    for sign in (-1, 1):
        own = np.array([sign * 0.0315, EYE_Y, EYE_Z]) + unit @ turn * EYE_RADIUS
        vertices.append(at.base + own @ at.frame.T * at.scale)
        faces.append(quads + sum(len(part) for part in vertices[:-1]))
        colours.append(colour)
    return np.concatenate(vertices).astype(np.float32), np.concatenate(faces).astype(np.int32), np.concatenate(colours)


"""COCO's points of the face, in the head's own coordinates, just below the skin."""
FACE_POINTS = {
    "nose": (0.0, 0.100, 0.057),
    "left_eye": (-0.0315, 0.080, EYE_Z), "right_eye": (0.0315, 0.080, EYE_Z),
    "left_ear": (-0.0765, -0.004, 0.078), "right_ear": (0.0765, -0.004, 0.078),
}
