"""Which part of the body a vertex belongs to, on the shaped body at rest, as fields of distances: about metres, negative
inside. No bpy."""

import numpy as np

from ..skeleton import SIDES

"""How far from a border a vertex counts as where only a yes or a no is known."""
STEP_M = 0.05


class Regions:
    def __init__(self, library, vertices, rest):
        self.library, self.vertices, self.rest = library, vertices, rest
        self.strongest = library.weights.argmax(axis=1)
        self.hip_z = float(self.joint("thigh_left")[2])
        self.ankle_z = float(self.joint("foot_left")[2])
        self.neck = self.joint("neck")
        self.spine = float(self.neck[2] - self.hip_z)
        self.arm = self._along(("upper_arm", "forearm", "hand"))
        self.leg = self._along(("thigh", "shin", "foot"))
        self.head = self.of("head")

    def joint(self, bone):
        return self.rest[self.library.bone(bone)]

    def of(self, *kinds):
        """[N] the vertices that one of these bones moves most"""
        chosen = [index for index, bone in enumerate(self.library.bones) if bone.startswith(kinds)]
        return np.isin(self.strongest, chosen)

    def _along(self, joints):
        """[N] metres from the limb's first joint along its bones; 9 for vertices of other parts"""
        places = np.full(len(self.vertices), 9.0, dtype=np.float32)
        for side, _ in SIDES:
            start, middle, end = (self.joint(f"{joint}_{side}") for joint in joints)
            base = 0.0
            for bone, a, b in ((joints[0], start, middle), (joints[1], middle, end)):
                own = self.of(f"{bone}_{side}")
                length = float(np.linalg.norm(b - a))
                places[own] = base + np.maximum(0.0, (self.vertices[own] - a) @ (b - a) / length)
                base += length
        return places

    def lengths(self, joints):
        """Metres of a limb's two bones."""
        start, middle, end = (self.joint(f"{joint}_left") for joint in joints)
        return float(np.linalg.norm(middle - start)), float(np.linalg.norm(end - middle))

    def top(self, sleeves, hem, neck_radius):
        """What a top covers. @param sleeves 0–2 along the arm @param hem over the hip joints, share of the spine"""
        z = self.vertices[:, 2]
        trunk = self.of("pelvis", "waist", "chest", "clavicle") | (self.of("thigh") & (hem < 0))
        away = np.linalg.norm((self.vertices - self.neck) * (1.0, 0.8, 1.0) + (0, 0, 0.015), axis=1)
        open_neck = np.where(z < self.neck[2] - 0.14, -STEP_M, neck_radius - away)
        body = np.maximum(np.maximum(_step(trunk), self.hip_z + hem * self.spine - z), open_neck)
        upper, lower = self.lengths(("upper_arm", "forearm", "hand"))
        reach = upper * min(sleeves, 1.0) + lower * max(0.0, sleeves - 1.0)
        return np.minimum(body, np.where(self.arm < 9, self.arm - reach, STEP_M))

    def bottom(self, reach):
        """What trousers cover. @param reach 1 = to the knee, 2 = to the ankle"""
        waist = self.hip_z + 0.24 * self.spine
        hips = np.maximum(_step(self.of("pelvis", "waist")), self.vertices[:, 2] - waist)
        thigh, shin = self.lengths(("thigh", "shin", "foot"))
        down = thigh * min(reach, 1.0) + shin * max(0.0, reach - 1.0)
        return np.minimum(hips, np.where(self.leg < 9, self.leg - down, STEP_M))

    def shoes(self, above_m):
        """Feet, and the legs up to so far above the ankles."""
        legs = np.where(self.leg < 9, self.vertices[:, 2] - self.ankle_z - above_m, STEP_M)
        return np.where(self.of("foot"), np.minimum(self.vertices[:, 2] - self.ankle_z - above_m, STEP_M), legs)


def _step(chosen):
    return np.where(chosen, -STEP_M, STEP_M)
