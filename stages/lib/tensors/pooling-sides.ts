/** What is added around an image before its greatest values are taken: less than any of them, and still a float. */
export const NEVER_GREATEST = -3.4e38;

/** A square window over an image, as darknet has it. */
export interface Pooling {
  readonly size: number;
  readonly stride: number;
  /** In all, at most; half of it, rounded down, lies before the image. */
  readonly padding: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels that are added around an image. */
interface Sides {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/**
 * What darknet's pooling adds around an image: half of the padding before, and after it as much as the last window needs,
 * which may be less than the other half.
 */
export function poolingSides({ size, stride, padding }: Pooling, { width, height }: Size): Sides {
  const before = Math.floor(padding / 2);
  const after = (side: number): number => {
    const windows = Math.floor((side + padding - size) / stride) + 1;
    return Math.max(0, (windows - 1) * stride + size - side - before);
  };
  return { top: before, bottom: after(height), left: before, right: after(width) };
}

/**
 * Whether TensorFlow's padding `SAME` adds just these: it makes as many windows as strides begin in the image, adds as
 * little as they need, and an odd pixel after the image.
 */
export function isSamePadding(pooling: Pooling, image: Size): boolean {
  const { size, stride, padding } = pooling;
  const sides = poolingSides(pooling, image);
  const isSame = (side: number, before: number, after: number): boolean => {
    const windows = Math.ceil(side / stride);
    const added = Math.max(0, (windows - 1) * stride + size - side);
    const hasAll = Math.floor((side + padding - size) / stride) + 1 === windows;
    return hasAll && before === Math.floor(added / 2) && after === added - before;
  };
  return isSame(image.height, sides.top, sides.bottom) && isSame(image.width, sides.left, sides.right);
}
