import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../../pipeline/core/digest.js';
import {
  changesBetween,
  itemChangesBetween,
  nearestKey,
  type KeyedStage,
} from '../../../pipeline/plan/changes.js';
import { causesOf, filesBehind, sourcesBehind, type StageSnapshot } from '../../../pipeline/plan/explain.js';
import { changeInFull, changeInWords } from '../../../pipeline/plan/reasons.js';
import type { StageKeyParts } from '../../../pipeline/store/key-parts.js';

const digest = (text: string) => digestOfBytes(text);

function keyed(parts: Partial<StageKeyParts>, sourceNames: KeyedStage['sourceNames'] = {}): KeyedStage {
  const nothing = { kind: 'render', revision: 1, params: {}, inputs: {}, sources: {}, tools: {} };
  return { parts: { ...nothing, ...parts }, sourceNames };
}

const words = (before: KeyedStage, now: KeyedStage): string[] =>
  changesBetween(before, now, { frames: ['home', 'garden'] }).map((change) => changeInWords(change));

describe('the changes between two keys', () => {
  it.each<[string, KeyedStage, KeyedStage, string[]]>([
    [
      'another kind',
      keyed({ kind: 'render' }),
      keyed({ kind: 'merge', revision: 7 }),
      ['uses changed: render → merge'],
    ],
    [
      'a kind of the user’s, by its files; what only has another name has not changed',
      keyed({ kind: 'source 1' }, { uses: { 'a.ts': digest('a'), 'b.ts': digest('b') } }),
      keyed({ kind: 'source 2' }, { uses: { 'a2.ts': digest('a'), 'b.ts': digest('c') } }),
      ['uses b.ts changed'],
    ],
    ['a revision', keyed({}), keyed({ revision: 2 }), ['render itself changed (revision 1 → 2)']],
    [
      'leaves of parameters',
      keyed({ params: { camera: { height: 1, fov: 2 }, size: [4, 5] } }),
      keyed({ params: { camera: { height: 3, fov: 2 }, size: [4, 6], new: true } }),
      ['camera.height: 1 → 3', 'new: (absent) → true', 'size: [4,5] → [4,6]'],
    ],
    [
      'places in lists of objects',
      keyed({ params: { lights: [{ power: 1 }, { power: 2 }] } }),
      keyed({ params: { lights: [{ power: 1 }, { power: 3 }] } }),
      ['lights.1.power: 2 → 3'],
    ],
    [
      'one place in a long list',
      keyed({ params: { run: ['sh', '-c', 'x'.repeat(60), 'a'] } }),
      keyed({ params: { run: ['sh', '-c', 'x'.repeat(60), 'b'] } }),
      ['run.3: "a" → "b"'],
    ],
    [
      'the end of a long text',
      keyed({ params: { text: `${'x'.repeat(90)}old` } }),
      keyed({ params: { text: `${'x'.repeat(90)}new${'y'.repeat(90)}` } }),
      [`text: …${'x'.repeat(12)}old" → …${'x'.repeat(12)}new${'y'.repeat(45)}…`],
    ],
    ['a seed', keyed({ seed: 1 }), keyed({ seed: 2 }), ['the seed changed']],
    [
      'source files',
      keyed({}, { assets: { 'wall.png': digest('a'), 'old.png': digest('b') } }),
      keyed({}, { assets: { 'wall.png': digest('c'), 'new.png': digest('d') } }),
      ['assets new.png is new', 'assets old.png is gone', 'assets wall.png changed'],
    ],
    [
      'inputs',
      keyed({ inputs: { frames: [digest('a')] } }),
      keyed({ inputs: { frames: [digest('b')] } }),
      ['input frames changed (from home, garden)'],
    ],
    [
      'tools',
      keyed({ tools: { blender: '4.1' } }),
      keyed({ tools: { blender: '4.2' } }),
      ['tool blender: "4.1" → "4.2"'],
    ],
    ['nothing', keyed({ params: { a: [], b: {} } }), keyed({ params: { b: {}, a: [] } }), []],
  ])('name %s', (_what, before, now, expected) => {
    expect(words(before, now)).toEqual(expected);
  });

  it('are told in full with what tells the old value from the new one', () => {
    const [change] = changesBetween(
      keyed({}, { assets: { 'wall.png': digest('a') } }),
      keyed({}, { assets: { 'wall.png': digest('c') } }),
      {},
    );
    expect(change && changeInFull(change)).toBe('assets wall.png changed: ca978112 → 2e7d2c03');
    const [seed] = changesBetween(keyed({ seed: 1 }), keyed({}), {});
    expect(seed && changeInFull(seed)).toBe('the seed changed: 1 → (absent)');
  });

  it('choose the earlier key with the fewest of them, and of equals the first', () => {
    const item = (params: object): Parameters<typeof itemChangesBetween>[0] => ({
      kind: 'render',
      revision: 1,
      tools: {},
      item: { ...params },
    });
    const now = item({ x: 1, y: 1, z: 1 });
    const candidates = [item({ x: 2, y: 2, z: 1 }), item({ x: 2, y: 1, z: 1 }), item({ x: 1, y: 2, z: 1 })];
    const near = nearestKey(candidates, (candidate) => itemChangesBetween(candidate, now));
    expect(near?.nearest).toBe(candidates[1]);
    expect(near?.changes.map((change) => changeInWords(change))).toEqual(['its x: 2 → 1']);
    expect(nearestKey([], () => [])).toBeUndefined();
  });
});

describe('the causes of a change', () => {
  const at = (
    parts: Partial<StageKeyParts>,
    origins: StageSnapshot['origins'] = {},
    sourceNames: KeyedStage['sourceNames'] = {},
  ): StageSnapshot => ({
    ...keyed(parts, sourceNames),
    key: digest(JSON.stringify([parts, sourceNames])),
    origins,
  });
  const chain = (wall: string): ReadonlyMap<string, StageSnapshot> =>
    new Map([
      ['home', at({}, {}, { assets: { 'wall.png': digest(wall) } })],
      ['boxes', at({ inputs: { frames: [digest(`home ${wall}`)] } }, { frames: ['home'] })],
      [
        'score',
        at(
          { inputs: { found: [digest(`boxes ${wall}`)], truth: [digest(`boxes ${wall}`)] } },
          { found: ['boxes'], truth: ['boxes'] },
        ),
      ],
    ]);
  const stage = (snapshot: ReadonlyMap<string, StageSnapshot>, name: string): StageSnapshot => {
    const found = snapshot.get(name);
    if (!found) throw new Error(name);
    return found;
  };

  it('lead through inputs up to the source file that was edited, and tell of each stage once', () => {
    const [before, now] = [chain('old'), chain('new')];
    const causes = causesOf(stage(now, 'score'), stage(before, 'score'), before, now);
    expect(causes.map(({ change }) => changeInWords(change))).toEqual([
      'input found changed (from boxes)',
      'input truth changed (from boxes)',
    ]);
    const home = causes[0]?.upstream[0]?.causes[0]?.upstream[0];
    expect(home?.stage).toBe('home');
    expect(home?.causes.map(({ change }) => changeInWords(change))).toEqual(['assets wall.png changed']);
    expect(causes[1]?.upstream).toEqual([]);
  });

  it('end where nothing is known of before', () => {
    const now = chain('new');
    const causes = causesOf(stage(now, 'boxes'), stage(chain('old'), 'boxes'), new Map(), now);
    expect(causes[0]?.upstream).toEqual([{ stage: 'home', causes: [] }]);
  });

  it("of an item are the files whose contents stand in its key, and not the stage's other changed files", () => {
    const key = (wall: string) => ({
      kind: 'render',
      revision: 1,
      tools: {},
      item: { frame: 3, assets: [digest('floor'), digest(wall)] },
    });
    const changes = itemChangesBetween(key('old'), key('new'));
    const names = (wall: string, lamp: string): KeyedStage['sourceNames'] => ({
      assets: { 'wall.png': digest(wall), 'lamp.png': digest(lamp), 'floor.png': digest('floor') },
    });
    expect(
      sourcesBehind(changes, names('old', '1'), names('new', '2')).map((change) => changeInWords(change)),
    ).toEqual(['assets wall.png changed']);
    const input = { part: 'inputs', path: 'frames', from: ['home'] } as const;
    const files = filesBehind(
      changes,
      input,
      new Map([
        [digest('old'), '7.png'],
        [digest('floor'), '8.png'],
      ]),
      new Map([
        [digest('new'), '7.png'],
        [digest('floor'), '8.png'],
      ]),
    );
    expect(files.map((change) => changeInWords(change))).toEqual(['input frames/7.png changed (from home)']);
  });
});
