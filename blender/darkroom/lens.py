"""Radial distortion by the division model (Fitzgibbon 2001): r_u = s · r / (1 + k · r²), radii in half diagonals, about
the middle of the image. No bpy. The picture and the mask are bent in stages/render/effects/lens.ts, by the same
formulas; here, boxes are measured as that lens shows them."""

import math

import numpy as np


class Lens:
    def __init__(self, k, width, height):
        self.k, self.width, self.height = float(k), width, height
        self._middle = np.array([width / 2, height / 2])
        self._radius = math.hypot(width, height) / 2
        near_edge = min(width, height) / 2 / self._radius
        self._zoom = 1 + self.k if self.k < 0 else 1 + self.k * near_edge * near_edge

    def source(self, points):
        """Points [N, 2] of the picture → where in the render they come from."""
        offset = np.asarray(points, dtype=float) - self._middle
        squared = (offset**2).sum(axis=1, keepdims=True) / self._radius**2
        return self._middle + offset * self._zoom / (1 + self.k * squared)

    def image(self, points):
        """Points [N, 2] of the render, inside the image or not → where in the picture they appear."""
        offset = np.asarray(points, dtype=float) - self._middle
        squared = (offset**2).sum(axis=1, keepdims=True) / self._radius**2
        root = np.sqrt(np.maximum(0.0, self._zoom**2 - 4 * self.k * squared))
        return self._middle + offset * 2 / (self._zoom + root)

    def keypoints(self, points):
        """{name: [x, y, visibility]} as they appear in the picture; those that are not known (0) stay."""
        return {
            name: [*(round(float(part), 3) for part in self.image([[x, y]])[0]), seen] if seen else [x, y, seen]
            for name, (x, y, seen) in points.items()
        }

    def warp(self, mask):
        """A mask [height, width] as the lens shows it."""
        y, x = np.mgrid[0 : self.height, 0 : self.width]
        source = self.source(np.stack([x.ravel() + 0.5, y.ravel() + 0.5], axis=1))
        column = np.clip(np.floor(source[:, 0]).astype(int), 0, self.width - 1)
        row = np.clip(np.floor(source[:, 1]).astype(int), 0, self.height - 1)
        return mask[row, column].reshape(self.height, self.width)


def lens_of(frame):
    """The lens of a frame, or None for one that does not distort."""
    k = frame.effects.get("distortion", 0)
    return Lens(k, frame.width, frame.height) if k else None
