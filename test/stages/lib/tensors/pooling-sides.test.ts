import { describe, expect, it } from 'vitest';
import { isSamePadding, poolingSides } from '../../../../stages/lib/tensors/pooling-sides.js';

const image = { width: 8, height: 7 };

describe('what pooling adds around an image', () => {
  it.each([
    ['2 by 2, as yolov3-tiny shrinks', { size: 2, stride: 2, padding: 1 }, [0, 1, 0, 0], true],
    ['2 by 1, as its last one', { size: 2, stride: 1, padding: 1 }, [0, 1, 0, 1], true],
    ['5 by 1, as in spatial pyramids', { size: 5, stride: 1, padding: 4 }, [2, 2, 2, 2], true],
    ['3 by 2: TensorFlow begins inside an even side', { size: 3, stride: 2, padding: 2 }, [1, 1, 1, 0], false], // prettier-ignore
    ['no padding: TensorFlow has a window more in an odd side', { size: 2, stride: 2, padding: 0 }, [0, 0, 0, 0], false], // prettier-ignore
    ['more than a window needs', { size: 3, stride: 1, padding: 4 }, [2, 2, 2, 2], false],
  ])('%s', (_name, pooling, [top, bottom, left, right], isSame) => {
    expect(poolingSides(pooling, image)).toEqual({ top, bottom, left, right });
    expect(isSamePadding(pooling, image)).toBe(isSame);
  });
});
