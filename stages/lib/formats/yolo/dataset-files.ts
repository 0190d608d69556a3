import { posix } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { annotationError } from '../annotation-place.js';

/** What a `data.yaml` or a `.data` file says. Paths are as written. */
export interface YoloDescription {
  /** The file, for messages. */
  readonly file: string;
  /** Class names in their order. */
  readonly names?: readonly string[];
  /** A file of class names (`.data`). */
  readonly namesFile?: string;
  /** Folder that the subsets' paths start from (`path` of data.yaml), relative to the file's own. */
  readonly root: string;
  /** By subset as written (`train`, `val`, `valid`, `test`): list files, or folders of images. */
  readonly subsets: ReadonlyMap<string, readonly string[]>;
}

const paths = z
  .union([z.string(), z.array(z.string())])
  .nullable()
  .optional();
const yamlSchema = z.object({
  path: z.string().nullable().optional(),
  names: z.union([z.array(z.coerce.string()), z.record(z.string(), z.coerce.string())]).optional(),
  nc: z.number().optional(),
  train: paths,
  val: paths,
  test: paths,
});

/** Reads Ultralytics' data.yaml. @throws UserError with the file for YAML that is none, or not of this form */
export function parseDataYaml(text: string, file: string): YoloDescription {
  let value: unknown;
  try {
    value = parseYaml(text, { maxAliasCount: 100 });
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw annotationError({ file }, `not YAML: ${reason}`, undefined, cause);
  }
  const parsed = yamlSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw annotationError(
      { file },
      `not a data.yaml: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  const { names, nc, path } = parsed.data;
  const list = names === undefined ? undefined : Array.isArray(names) ? names : namesInOrder(names, file);
  if (list !== undefined && nc !== undefined && nc !== list.length)
    throw annotationError({ file }, `nc is ${nc}, but there are ${list.length} names.`);
  const subsets = new Map<string, readonly string[]>();
  for (const name of ['train', 'val', 'test'] as const) {
    const given = parsed.data[name];
    if (given) subsets.set(name, [given].flat());
  }
  return { file, ...(list ? { names: list } : {}), root: path ?? '', subsets };
}

/** The names of a map from 0, 1, 2, … */
function namesInOrder(names: Readonly<Record<string, string>>, file: string): string[] {
  const count = Object.keys(names).length;
  return Array.from({ length: count }, (_, index) => {
    const name = names[String(index)];
    if (name === undefined)
      throw annotationError({ file }, `names has ${count} classes, but none of the number ${index}.`);
    return name;
  });
}

/** Reads Darknet's .data file: `key = value` lines. @throws UserError with file and line for another line */
export function parseDarknetData(text: string, file: string): YoloDescription {
  const values = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const [key, value] = trimmed.split(/\s*=\s*/, 2);
    if (!key || value === undefined)
      throw annotationError({ file, line: index + 1 }, `"${trimmed}" is not of the form key = value.`);
    values.set(key, value);
  }
  const subsets = new Map<string, readonly string[]>();
  for (const name of ['train', 'valid', 'test']) {
    const list = values.get(name);
    if (list !== undefined) subsets.set(name, [list]);
  }
  const namesFile = values.get('names');
  return { file, ...(namesFile === undefined ? {} : { namesFile }), root: '', subsets };
}

/**
 * The names that a label file of an image may have, the likeliest first: `images` replaced by `labels` in its path
 * (Ultralytics, Darknet), beside the image (Darknet), in a folder `labels` (the folders without sub-folders).
 */
export function labelNamesOf(image: string): readonly string[] {
  const stem = image.slice(0, image.length - posix.extname(image).length);
  const parts = stem.split('/');
  const replaced = parts.flatMap((part, at) =>
    part === 'images' ? [[...parts.slice(0, at), 'labels', ...parts.slice(at + 1)].join('/')] : [],
  );
  const name = parts.at(-1) ?? '';
  const labels = [
    ...replaced.reverse(),
    stem,
    `labels/${stem}`,
    ...parts.map((_, at) => parts.slice(at).join('/')),
  ];
  return [...new Set([...labels, `labels/${name}`])].map((label) => `${label}.txt`);
}
