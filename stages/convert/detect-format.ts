import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import fastGlob from 'fast-glob';
import { UserError } from '../../pipeline/core/user-error.js';
import type { FormatName } from '../lib/formats/format-names.js';
import { isDirectory } from './find-input.js';

/** Signs by which a folder's format is told, the surest first; the first that matches counts. */
const folderSigns: readonly (readonly [FormatName, readonly string[]])[] = [
  ['darkroom', ['records.jsonl']],
  ['tfrecord', ['*.{tfrecord,tfrecords,record}', '*-[0-9][0-9][0-9][0-9][0-9]-of-*']],
  ['openimages', ['*bbox*.csv']],
  ['voc', ['Annotations/**/*.xml', '*.xml']],
  ['yolo', ['data.{yaml,yml}', '*.data', 'labels/**/*.txt']],
  ['coco', ['{,annotations/}*.json']],
  ['csv', ['*.csv']],
  ['keras', ['annotations.txt']],
];

/**
 * The format of a file or a folder, by names and by how a file begins.
 * @throws UserError when no sign of a format is there
 */
export async function detectFormat(path: string): Promise<FormatName> {
  const found = (await isDirectory(path)) ? await ofFolder(path) : await ofFile(path);
  if (found) return found;
  throw new UserError(`${path} shows no sign of a format that is known.`, {
    hint: 'Say which it is with --from.',
  });
}

async function ofFolder(folder: string): Promise<FormatName | undefined> {
  for (const [format, patterns] of folderSigns)
    for await (const _first of fastGlob.stream([...patterns], { cwd: folder, deep: 4 })) return format;
  return undefined;
}

async function ofFile(path: string): Promise<FormatName | undefined> {
  const name = basename(path).toLowerCase();
  if (name === 'records.jsonl' || name === 'dataset.json') return 'darkroom';
  if (name.endsWith('.json')) return 'coco';
  if (/\.(data|ya?ml)$/.test(name)) return 'yolo';
  if (/(\.tfrecords?|\.record|-\d{5}-of-\d{5})$/.test(name)) return 'tfrecord';
  const [line = ''] = (await headOf(path)).split(/\r?\n/);
  if (name.endsWith('.csv')) return /imageid/i.test(line) ? 'openimages' : 'csv';
  return /\s\d+(,\d+){4}(\s|$)/.test(line) ? 'keras' : undefined;
}

async function headOf(path: string): Promise<string> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
