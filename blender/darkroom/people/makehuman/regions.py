"""Which part of the body a vertex belongs to, on the shaped body at rest. No bpy."""

import numpy as np

from ..skeleton import SIDES


class Regions:
    """Per vertex [N]: where it is along arms and legs, and what garments can ask for."""

    def __init__(self, library, vertices, rest):
        self.library, self.vertices, self.rest = library, vertices, rest
        self.strongest = library.weights.argmax(axis=1)
        self.hip_z = float(self._joint("thigh_left")[2])
        self.neck = self._joint("neck")
        self.spine = float(self.neck[2] - self.hip_z)
        self.trunk = self.of("pelvis", "waist", "chest", "clavicle")
        self.arm = self._along(("upper_arm", "forearm", "hand"))
        self.leg = self._along(("thigh", "shin", "foot"))
        self.thighs = self.of("thigh")
        self.feet = self.of("foot")
        self.head = self.of("head")

    def of(self, *kinds):
        """[N] the vertices that one of these bones moves most"""
        chosen = [index for index, bone in enumerate(self.library.bones) if bone.startswith(kinds)]
        return np.isin(self.strongest, chosen)

    def _joint(self, bone):
        return self.rest[self.library.bone(bone)]

    def _along(self, joints):
        """[N] 0 at the first joint, 1 at the second, 2 at the third; 9 for vertices of other limbs"""
        places = np.full(len(self.vertices), 9.0, dtype=np.float32)
        for side, _ in SIDES:
            start, middle, end = (self._joint(f"{joint}_{side}") for joint in joints)
            for first, a, b in ((0.0, start, middle), (1.0, middle, end)):
                own = self.of(f"{joints[int(first)]}_{side}")
                axis = b - a
                places[own] = first + np.maximum(0.0, (self.vertices[own] - a) @ axis / (axis @ axis))
        return places

    def top(self, outfit, sleeves, hem, neck_radius, margin=0.0):
        """What a top covers. @param sleeves 0–2 along the arm @param hem over the hip joints, share of the spine
        @param margin how much farther in the edges lie, metres"""
        z = self.vertices[:, 2]
        hem_z = self.hip_z + hem * self.spine + margin
        body = (self.trunk | (self.thighs & (hem < 0))) & (z > hem_z)
        away = np.linalg.norm((self.vertices - self.neck) * (1.0, 0.8, 1.0) + (0, 0, 0.015), axis=1)
        body &= (away > neck_radius + margin) | (z < self.neck[2] - 0.12)
        return body | (self.arm < sleeves - margin * 4)

    def bottom(self, reach, margin=0.0):
        """What trousers cover. @param reach 1 = to the knee, 2 = to the ankle"""
        z = self.vertices[:, 2]
        waist = self.hip_z + 0.24 * self.spine - margin
        return (self.of("pelvis", "waist") & (z < waist)) | (self.leg < reach - margin * 3)
