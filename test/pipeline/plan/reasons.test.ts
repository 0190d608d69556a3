import { expect, it } from 'vitest';
import { digestOfBytes } from '../../../pipeline/core/digest.js';
import type { KeyChange } from '../../../pipeline/plan/changes.js';
import { reasonsInWords } from '../../../pipeline/plan/reasons.js';

const [old, fresh] = [digestOfBytes('old'), digestOfBytes('fresh')];
const changed = (path: string): KeyChange => ({
  part: 'sources',
  role: 'images',
  path,
  before: old,
  after: fresh,
});
const added = (path: string): KeyChange => ({ part: 'sources', role: 'images', path, after: fresh });
const gone = (path: string): KeyChange => ({ part: 'sources', role: 'masks', path, before: old });

it('names a few source files that changed, each for itself', () => {
  expect(reasonsInWords([changed('a.png'), added('b.png'), gone('c.png')])).toEqual([
    'images a.png changed',
    'images b.png is new',
    'masks c.png is gone',
  ]);
});

it('names the first of many that changed alike, and counts the others', () => {
  const many = Array.from({ length: 20 }, (_, index) => `${index}.png`);
  const seed: KeyChange = { part: 'seed', path: '', before: 1, after: 2 };
  expect(reasonsInWords([seed, ...many.map(changed), added('x.png'), ...many.map(gone)])).toEqual([
    'the seed changed',
    'images 0.png, 1.png, 2.png and 17 more changed',
    'images x.png is new',
    'masks 0.png, 1.png, 2.png and 17 more are gone',
  ]);
});

it('is quick with a hundred thousand', () => {
  const all = Array.from({ length: 100_000 }, (_, index) => added(`${index}.png`));
  expect(reasonsInWords(all)).toEqual(['images 0.png, 1.png, 2.png and 99997 more are new']);
});
