import { describe, expect, it } from 'vitest';
import { overlapLoss, type CentredBox } from '../../../stages/yolo/box-loss.js';

const truth: CentredBox = [10, 10, 4, 8];

describe('losses by overlap', () => {
  it('are zero for the same box', () => {
    for (const kind of ['giou', 'ciou'] as const) {
      const { loss, slope } = overlapLoss(kind, truth, truth);
      expect(loss).toBeCloseTo(0, 12);
      // At equality an edge has two one-sided slopes; ours say: stay.
      expect(slope.every((value) => Number.isFinite(value))).toBe(true);
    }
  });

  it('GIoU by hand: two unit squares a unit apart fill two thirds of their hull', () => {
    expect(overlapLoss('giou', [0.5, 0.5, 1, 1], [2.5, 0.5, 1, 1]).loss).toBeCloseTo(1 + 1 / 3, 12);
  });

  it('CIoU by hand: a square in a rectangle of the same centre', () => {
    // IoU 16 / 32; centres together; aspect: v = 4/π² (atan ½ − atan 1)².
    const v = (4 / Math.PI ** 2) * (Math.atan(0.5) - Math.atan(1)) ** 2;
    const alpha = v / (0.5 + v);
    expect(overlapLoss('ciou', [10, 10, 4, 4], truth).loss).toBeCloseTo(0.5 + alpha * v, 12);
  });

  it.each<[string, CentredBox]>([
    ['overlapping', [11, 9.3, 5, 6]],
    ['inside', [10.2, 10.3, 2, 3]],
    ['around', [10.1, 9.8, 9, 15]],
    ['apart', [30, -5, 3, 7]],
  ])('have the slopes that finite differences show, for a box %s', (_, found) => {
    for (const kind of ['giou', 'ciou'] as const) {
      const alpha = 0.3;
      const { slope } = overlapLoss(kind, found, truth, alpha);
      for (const i of [0, 1, 2, 3]) {
        const moved = (by: number): CentredBox => found.map((value, k) => (k === i ? value + by : value)) as unknown as CentredBox; // prettier-ignore
        const difference =
          (overlapLoss(kind, moved(1e-5), truth, alpha).loss - overlapLoss(kind, moved(-1e-5), truth, alpha).loss) / 2e-5; // prettier-ignore
        expect(slope[i]).toBeCloseTo(difference, 6);
      }
    }
  });
});
