import { expect, test } from 'vitest';
import { fitsPattern, isSelected } from '../../../../stages/render/randomize/selector.js';

const chair = {
  name: 'Chair.001',
  collections: ['Room', 'Seats'],
  properties: { kind: 'swivel', loose: 'true' },
};

test.each([
  ['Chair.001', true],
  ['Chair*', true],
  ['*', true],
  ['Chair.00?', true],
  ['chair*', false],
  ['Chair', false],
  ['Chair?001x', false],
  ['[C]hair*', false],
])('the pattern %s fits Chair.001: %s', (pattern, fits) => {
  expect(fitsPattern('Chair.001', pattern)).toBe(fits);
});

test.each([
  [{ objects: 'Chair*' }, true],
  [{ collection: 'Seat?' }, true],
  [{ collection: 'Tables' }, false],
  [{ property: 'kind' }, true],
  [{ property: 'kind=swivel' }, true],
  [{ property: 'kind=stool' }, false],
  [{ property: 'loose=true', collection: 'Room' }, true],
  [{ objects: 'Chair*', collection: 'Tables' }, false],
])('%j selects it: %s', (selector, selects) => {
  expect(isSelected(chair, selector)).toBe(selects);
});
