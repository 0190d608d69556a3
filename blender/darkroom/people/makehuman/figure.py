"""A person out of MakeHuman's base mesh, in our poses and our clothes. A pure function of its description; no bpy."""

import numpy as np

from ..keypoints import LIMBS, NAMES
from ..looks import Look, Part, joined
from ..skeleton import SIDES
from .garments import garments_of, hair_of
from .library import load_library
from .regions import Regions
from .shape import mixed, shape_of
from .skinning import Posed

BONE_OF = {"shoulder": "upper_arm", "elbow": "forearm", "wrist": "hand", "hip": "thigh", "knee": "shin", "ankle": "foot"}
"""How much a child's head is larger for the body than an adult's."""
CHILD_HEAD = 0.34


def makehuman_figure(path, person, pose, random):
    """As figure.figure_of, with the assets in the folder `path`. @raises files.AssetError"""
    library = load_library(path)
    vertices = mixed(library, shape_of(random.child("shape"), person))
    body = np.unique(library.mesh.groups["body"])
    height = float(np.ptp(vertices[body, 2]))
    head_scale = 1 + CHILD_HEAD * person.body.childhood
    vertices = vertices * np.float32(person.body.height / height)
    posed = Posed(library, vertices, pose, head_scale)
    regions = Regions(library, vertices, posed.rest)
    worn, hidden = garments_of(person, regions, random.child("folds"))
    hair, scalp = hair_of(person, regions)
    skin = posed.moved(vertices, library.weights)
    parts = _skin(person, library, vertices, skin, regions, hidden, scalp)
    for garment in worn + hair:
        parts.append(_garment(garment, vertices, library, posed))
    points = _keypoints(library, vertices, skin, posed)
    shift = _onto_support(pose, parts, posed, regions, skin)
    moved = [Part(part.vertices + shift, part.quads, part.look, part.colours, part.cloth) for part in parts]
    return joined(moved, {name: tuple(float(v) for v in points[name] + shift) for name in NAMES})


def _garment(garment, vertices, library, posed):
    cut = garment.clipped
    rest = cut.at(vertices)
    lifted = rest + _normals(rest, cut.quads) * cut.at(garment.lift[:, None])
    return _part(cut.quads, posed.moved(lifted, cut.at(library.weights)), garment.look, cloth=rest)


def _part(quads, vertices, look, colours=None, cloth=None):
    """Only the vertices that the quads use."""
    used, places = np.unique(quads, return_inverse=True)
    pick = lambda values: None if values is None else values[used].astype(np.float32)  # noqa: E731
    return Part(pick(vertices), places.reshape(quads.shape).astype(np.int32), look, pick(colours), pick(cloth))


def _skin(person, library, rest, skin, regions, hidden, scalp):
    groups = library.mesh.groups
    body = groups["body"]
    colours = np.tile(np.array(person.skin, dtype=np.float32), (len(rest), 1))
    size = person.body.height / 1.72
    eye_z = float(rest[np.unique(groups["helper-l-eye"]), 2].mean())
    lips, brows = library.face["lips"], library.face["brows"]
    mouth_z = float(rest[lips, 2].mean())
    lips = lips[np.hypot(rest[lips, 0] / 0.026, (rest[lips, 2] - mouth_z) / 0.0105) < size]
    colours[lips] *= (0.84, 0.56, 0.56)
    brows = brows[np.abs(rest[brows, 2] - eye_z - 0.021 * size) < 0.0055 * size]
    dark = np.minimum(np.array(person.hair_colour, dtype=np.float32), np.array(person.skin, dtype=np.float32) * 0.5)
    colours[brows] = 0.35 * colours[brows] + 0.65 * dark
    if person.beard > 0:
        low = regions.head & (rest[:, 2] < mouth_z + 0.24 * (eye_z - mouth_z)) & (rest[:, 1] > regions.neck[1] + 0.045)
        low[lips] = False
        colours[low] = colours[low] * (1 - person.beard) + np.array(person.hair_colour, dtype=np.float32) * person.beard
    colours[scalp] = np.array(person.hair_colour, dtype=np.float32)
    shown = body[~hidden[body].all(axis=1)]
    parts = [_part(shown, skin, Look("skin", person.skin), colours)]
    for name in ("helper-l-eye", "helper-r-eye"):
        parts.append(_part(groups[name], skin, Look("eye", (0.5, 0.5, 0.5)), _eye_colours(person, rest, groups[name])))
    return parts


def _eye_colours(person, rest, quads):
    """Pupil, iris and white by how far a vertex looks forward."""
    colours = np.zeros((len(rest), 3), dtype=np.float32)
    used = np.unique(quads)
    own = rest[used] - rest[used].mean(axis=0)
    forward = own[:, 1] / np.linalg.norm(own, axis=1)
    colours[used] = (0.46, 0.44, 0.42)
    colours[used[forward > 0.86]] = person.iris
    colours[used[forward > 0.965]] = (0.004, 0.004, 0.004)
    return colours


def _normals(vertices, quads):
    """[N, 3] of the vertices that the quads use, by the quads' areas; zero elsewhere"""
    corners = vertices[quads]
    faces = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    triangles = quads[:, 3] == quads[:, 0]
    faces[triangles] = np.cross(corners[triangles, 1] - corners[triangles, 0], corners[triangles, 2] - corners[triangles, 0])
    total = np.zeros_like(vertices)
    for axis in range(3):
        total[:, axis] = np.bincount(quads.ravel(), np.repeat(faces[:, axis], 4), minlength=len(vertices))
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)


def _keypoints(library, rest, skin, posed):
    points = {}
    for limb in LIMBS:
        for side, _ in SIDES:
            points[f"{side}_{limb}"] = posed.places[library.bone(f"{BONE_OF[limb]}_{side}")]
    body = np.unique(library.mesh.groups["body"])
    head = body[library.weights[body].argmax(axis=1) == library.bone("head")]
    centre = rest[head].mean(axis=0)
    inwards = skin[head].mean(axis=0)
    near = lambda index, share: skin[index] + share * (inwards - skin[index])  # noqa: E731
    points["nose"] = near(head[rest[head, 1].argmax()], 0.08)
    for side, sign in SIDES:
        eye = np.unique(library.mesh.groups[f"helper-{side[0]}-eye"])
        points[f"{side}_eye"] = near(eye[rest[eye, 1].argmax()], 0.05)
        ears = head[np.abs(rest[head, 2] - centre[2]) < 0.07]
        points[f"{side}_ear"] = near(ears[(sign * rest[ears, 0]).argmax()], 0.10)
    return points


def _onto_support(pose, parts, posed, regions, skin):
    """The shift that sets feet on the floor, or seat or back on what carries them, and the pelvis over the origin."""
    if pose.support == "feet":
        low = min(float(part.vertices[:, 2].min()) for part in parts)
    else:
        body = np.zeros(len(skin), dtype=bool)
        body[np.unique(posed.library.mesh.groups["body"])] = True
        carried = regions.of("pelvis") if pose.support == "seat" else regions.of("pelvis", "chest", "waist")
        low = float(skin[body & carried, 2].min())
    hips = (posed.places[posed.library.bone("thigh_left")] + posed.places[posed.library.bone("thigh_right")]) / 2
    level = pose.support_height - low if pose.support != "feet" else -low
    return np.array([-hips[0], -hips[1], level], dtype=np.float32)
