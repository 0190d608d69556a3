import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignGroups, splitNames } from '../../../stages/split/assign-groups.js';
import { Strata } from '../../../stages/split/strata.js';
import { anObject, aRecord } from '../../support/dataset-builder.js';

const shares = { by: 'share', shares: { train: 0.7, validation: 0.2, test: 0.1 } } as const;
const strata = (groups: ReadonlyMap<string, number>) =>
  new Map([...groups.keys()].map((group) => [group, group.charAt(0)]));
const groupsArbitrary = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(999)), {
    selector: ([stratum, number]) => `${stratum}${number}`,
    maxLength: 60,
  })
  .map((names) => new Map(names.map(([stratum, number]) => [`${stratum}${number}`, 1])));

describe('assigning groups to splits by stratum', () => {
  it('every stratum gives each split its share, to one group', () => {
    fc.assert(
      fc.property(groupsArbitrary, fc.nat(), (groups, seed) => {
        const assigned = assignGroups(groups, shares, seed, strata(groups));
        expect(assigned.size).toBe(groups.size);
        for (const stratum of ['a', 'b', 'c']) {
          const own = [...groups.keys()].filter((group) => group.startsWith(stratum));
          for (const name of splitNames) {
            const count = own.filter((group) => assigned.get(group) === name).length;
            expect(Math.abs(count - own.length * shares.shares[name])).toBeLessThanOrEqual(2);
          }
        }
      }),
    );
  });

  it('one group more moves nobody of another stratum, and few of its own', () => {
    fc.assert(
      fc.property(groupsArbitrary, fc.nat(), (groups, seed) => {
        const before = assignGroups(groups, shares, seed, strata(groups));
        const more = new Map([...groups, ['a-new', 1] as const]);
        const after = assignGroups(more, shares, seed, strata(more));
        const moved = [...groups.keys()].filter((group) => before.get(group) !== after.get(group));
        expect(moved.filter((group) => !group.startsWith('a'))).toEqual([]);
        // A cut can pass over one group each; the first and the last split meet in a third cut.
        expect(moved.length).toBeLessThanOrEqual(3);
      }),
    );
  });

  it('by count the counts hold, and no stratum is far from its part', () => {
    fc.assert(
      fc.property(groupsArbitrary, fc.nat(12), fc.nat(12), fc.nat(), (groups, validation, test, seed) => {
        const counts = { train: 'rest', validation, test } as const;
        const assigned = assignGroups(groups, { by: 'count', counts }, seed, strata(groups));
        for (const name of ['validation', 'test'] as const) {
          const chosen = [...assigned].filter(([, split]) => split === name);
          if (validation + test <= groups.size) expect(chosen).toHaveLength(counts[name]);
          else expect(chosen.length).toBeLessThanOrEqual(counts[name]);
          if (groups.size === 0 || validation + test > groups.size / 2) continue;
          for (const stratum of ['a', 'b', 'c']) {
            const own = [...groups.keys()].filter((group) => group.startsWith(stratum)).length;
            const share = (counts[name] * own) / groups.size;
            const count = chosen.filter(([group]) => group.startsWith(stratum)).length;
            expect(Math.abs(count - share)).toBeLessThanOrEqual(2);
          }
        }
      }),
    );
  });
});

describe('the strata of sets', () => {
  it('are their rarest class and their most frequent values', () => {
    const found = new Strata({ classes: true, attributes: ['light'] });
    const record = (id: string, classes: string[], light: string) =>
      aRecord(id, { objects: classes.map((name) => anObject(name, [0, 0, 9, 9])), attributes: { light } });
    found.add('one', record('a', ['person', 'dog'], 'day'));
    found.add('one', record('b', ['person'], 'night'));
    found.add('one', record('c', ['person'], 'night'));
    found.add('two', record('d', ['person'], 'day'));
    found.add('three', record('e', [], 'day'));
    expect([...found.strata()]).toEqual([
      ['one', '["dog","\\"night\\""]'],
      ['two', '["person","\\"day\\""]'],
      ['three', '[null,"\\"day\\""]'],
    ]);
  });

  it('an attribute that no image has is an error with the nearest one', () => {
    const found = new Strata({ classes: false, attributes: ['ligth'] });
    found.add('one', aRecord('a', { attributes: { light: 'day' } }));
    expect(() => found.strata()).toThrow('No image has the attribute "ligth"');
  });
});
