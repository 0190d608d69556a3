import { describe, expect, it } from 'vitest';
import type { FrameRecord } from '../../../../stages/lib/dataset/frame-record.js';
import type { MeasuredFrame } from '../../../../stages/render/frame-result.js';
import { judgeFrame } from '../../../../stages/render/quality/judge-frame.js';
import { qualityParamsSchema } from '../../../../stages/render/quality-params.js';

const limits = qualityParamsSchema.parse({});
type FrameObject = FrameRecord['objects'][number];
type Seen = MeasuredFrame['objects'][number];

function frame(object: Partial<FrameObject> = {}): FrameRecord {
  return {
    version: 1,
    id: '000000',
    width: 100,
    height: 100,
    group: 'g',
    attributes: {},
    objects: [
      {
        instance: 1,
        class: 'person',
        attributes: {},
        amodalBox: [20, 20, 60, 80],
        pixelsAlone: 1500,
        pixelsVisible: 1500,
        distanceM: 3,
        ...object,
      },
    ],
    camera: { worldToCamera: new Array<number>(16).fill(0), intrinsics: new Array<number>(9).fill(0) },
  };
}

function measured(seen: Partial<Seen> = {}, image: Partial<MeasuredFrame> = {}): MeasuredFrame {
  const object: Seen = { instance: 1, box: [20, 20, 60, 80], areaPx: 1500, parts: [], ...seen };
  return { dark: 0.1, bright: 0.1, pink: 0, objects: [object], ...image };
}

const doubts = (record: FrameRecord, what: MeasuredFrame): string[] =>
  judgeFrame(record, what, limits).map(({ check, detail }) => `${check}: ${detail}`);

describe('a frame', () => {
  it('whose mask and box agree passes', () => {
    expect(doubts(frame(), measured())).toEqual([]);
  });

  it.each([
    [{ dark: 0.99 }, 'black: 99 % of its pixels are black'],
    [{ bright: 0.6 }, 'blownOut: 60 % of its pixels are white'],
    [{ pink: 0.02 }, 'pink: 2.0 % of its pixels are pink'],
    [{ objects: [] }, 'empty: no target is in sight'],
  ])('is doubtful with %o', (image, expected) => {
    expect(doubts(frame(), measured({}, image))).toEqual([expected]);
  });

  it('whose mask has another number of pixels than its record is doubtful', () => {
    expect(doubts(frame({ pixelsVisible: 1400 }), measured())).toEqual([
      'maskAgainstBox: person 1: the mask shows 1500 pixels, the record 1400',
    ]);
  });

  it('whose mask reaches over its box, or shows what the record does not know, is doubtful', () => {
    expect(doubts(frame(), measured({ box: [12, 20, 60, 80] }))).toEqual([
      'maskAgainstBox: person 1: its mask reaches 8.0 px over its box',
    ]);
    expect(doubts(frame(), measured({ instance: 4 }))).toEqual([
      'maskAgainstBox: the mask shows instance 4, which the record does not know',
    ]);
  });

  it('whose mask lacks a part that nothing hides is doubtful; hidden or cut-off parts are none', () => {
    const incomplete = measured({ box: [20, 20, 60, 60] });
    expect(doubts(frame(), incomplete)).toEqual([
      'maskAgainstBox: person 1: nothing hides it, and its mask stays 20.0 px inside of its box',
    ]);
    expect(doubts(frame({ pixelsAlone: 2000 }), incomplete)).toEqual([]);
    expect(doubts(frame({ amodalBox: [20, 20, 60, 180] }), measured({ box: [20, 20, 60, 100] }))).toEqual([]);
  });

  it('cut off on the left is compared across alone: its feet may be what is cut off', () => {
    const leaning = frame({ amodalBox: [-30, 20, 60, 90] });
    expect(doubts(leaning, measured({ box: [0, 20, 60, 55] }))).toEqual([]);
    expect(doubts(leaning, measured({ box: [0, 20, 30, 55] }))).toEqual([
      'maskAgainstBox: person 1: nothing hides it, and its mask stays 30.0 px inside of its box',
    ]);
    const inCorner = frame({ amodalBox: [-30, 20, 60, 190] });
    expect(doubts(inCorner, measured({ box: [0, 40, 30, 100] }))).toEqual([]);
  });

  it('with parts of a mask far from its box is doubtful; parts inside of it are not', () => {
    expect(doubts(frame(), measured({ parts: [[[20, 70, 30, 80], 100]] }))).toEqual([]);
    const stray = doubts(
      frame({ amodalBox: [20, 20, 60, 60] }),
      measured({ parts: [[[20, 70, 30, 80], 100]] }),
    );
    expect(stray).toContain('strayParts: person 1: 6.7 % of its pixels lie apart, outside of its box');
  });
});
