import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../core/error-code.js';
import { productRoot } from '../core/product-root.js';

/** A file as it is sent. */
export interface ServedFile {
  readonly type: string;
  readonly data: Buffer;
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  png: 'image/png',
  jpg: 'image/jpeg',
  svg: 'image/svg+xml',
};

/** The parts of the page, by the path in its address: nothing else of the program is to be had. */
const pageParts = [
  { path: /^page\.(html|css)$/, folder: ['templates', 'ui'] },
  { path: /^code\/pipeline\/(ui\/client|report|report\/graph|core)\/[a-z-]+\.js$/, folder: ['dist'] },
] as const;

/** What a run's folder shows: its page with the pictures, and those of the moment. */
const runParts = /^(report\.html|pictures\/[0-9a-f]+\.(png|jpg|svg)|pictures-live\/[0-9a-f]+-\d\.(png|jpg))$/;

/** A part of the live page. @param path without a slash before it @returns undefined when there is none */
export async function pagePart(path: string): Promise<ServedFile | undefined> {
  const part = pageParts.find(({ path: pattern }) => pattern.test(path));
  return part && read(join(productRoot(), ...part.folder, path.replace(/^code\//, '')));
}

/** A file of a run's folder. @param path inside of it @returns undefined when nobody may have it, or it is not there */
export async function runPart(runDirectory: string, path: string): Promise<ServedFile | undefined> {
  return runParts.test(path) ? read(join(runDirectory, path)) : undefined;
}

const tailBytes = 64 * 1024;

/** The last lines of a text file, at most so much of it; empty when it is not there. */
export async function tailOf(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - tailBytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(tailBytes), 0, tailBytes, start);
      const text = buffer.subarray(0, bytesRead).toString('utf8');
      return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return '';
    throw error;
  }
}

async function read(path: string): Promise<ServedFile | undefined> {
  try {
    const ending = path.slice(path.lastIndexOf('.') + 1);
    return { type: types[ending] ?? 'application/octet-stream', data: await readFile(path) };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined;
    throw error;
  }
}
