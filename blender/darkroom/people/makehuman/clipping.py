"""Cutting a mesh where a field of distances crosses zero, without new vertices: those just outside move onto the edge.
No bpy."""

import numpy as np


class Clipped:
    """@param quads [M, 4] @param field [N] negative where the mesh stays
    quads: those that stay, wholly or in part; at(values [N, K]): values at the vertices after the cut."""

    def __init__(self, quads, field):
        inside = field < 0
        self.quads = quads[inside[quads].any(axis=1)]
        self._outer, self._inner, self._share = _crossings(self.quads, field, inside)
        self._count = np.bincount(self._outer, minlength=len(field)).astype(np.float32)

    def at(self, values):
        """[N, K] → [N, K]: a moved vertex has the mean of what its edges have where they cross"""
        moved = values.astype(np.float32, copy=True)
        target = np.flatnonzero(self._count)
        if len(target) == 0:
            return moved
        share = self._share[:, None]
        crossing = values[self._inner] * (1 - share) + values[self._outer] * share
        for column in range(values.shape[1]):
            total = np.bincount(self._outer, crossing[:, column], minlength=len(values))
            moved[target, column] = total[target] / self._count[target]
        return moved


def _crossings(quads, field, inside):
    """Every pair of corners of a quad of which one lies outside: (outer [E], inner [E], share from inner to outer [E])"""
    outers, inners = [], []
    for i in range(4):
        for j in range(4):
            a, b = quads[:, i], quads[:, j]
            crosses = ~inside[a] & inside[b]
            outers.append(a[crosses])
            inners.append(b[crosses])
    outer, inner = np.concatenate(outers), np.concatenate(inners)
    share = -field[inner] / np.maximum(field[outer] - field[inner], 1e-9)
    return outer, inner, np.clip(share, 0, 1).astype(np.float32)
