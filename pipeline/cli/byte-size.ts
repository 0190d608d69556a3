import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = {
  '': 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** `500GB`, `1.5 TiB`, `1000000`: in bytes. @throws InvalidArgumentError for what is no size */
export function byteSize(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = units[unit.toLowerCase().replace(/^b$/, '')];
  if (number === undefined || factor === undefined)
    throw new InvalidArgumentError('It takes a size such as 500GB, 1.5TiB or a number of bytes.');
  return Number(number) * factor;
}
