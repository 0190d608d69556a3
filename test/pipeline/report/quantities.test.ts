import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatMoment,
  formatNumber,
  formatTogether,
} from '../../../pipeline/report/quantities.js';

describe('quantities in a report', () => {
  it.each([
    [0, '0.0 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_499, '59 s'],
    [59_600, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [3_599_600, '1 h 00 min'],
    [7_830_000, '2 h 11 min'],
  ])('%d ms is %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1434, '1.4 KiB'],
    [1_048_575, '1.0 MiB'],
    [24_000_000, '23 MiB'],
  ])('%d bytes are %s', (sizeBytes, text) => {
    expect(formatBytes(sizeBytes)).toBe(text);
  });

  it.each([
    [120, '120'],
    [1_234_567, '1\u202f234\u202f567'],
    [-1, '-1'],
    [0.123456, '0.1235'],
    [0.0000123, '1.23e-5'],
  ])('%d is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('numbers that stand together have the same decimals', () => {
    expect(formatTogether([0.5, 0.571, 1])).toEqual(['0.500', '0.571', '1.000']);
    expect(formatTogether([3, 1200])).toEqual(['3', '1\u202f200']);
    expect(formatTogether([])).toEqual([]);
  });

  it('a moment is written in UTC, and what is no moment stays as it is', () => {
    expect(formatMoment('2026-11-21T22:06:12.000Z')).toBe('21 Nov 2026, 22:06 UTC');
    expect(formatMoment('yesterday')).toBe('yesterday');
  });
});
