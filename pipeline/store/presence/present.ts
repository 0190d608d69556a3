import { z } from 'zod';
import {
  identityPattern,
  identityText,
  parseIdentity,
  type ProcessIdentity,
} from '../../core/process-identity.js';

/** Somebody who works with the store: a run (or a pin that is being set), or garbage collection. */
export interface Present extends ProcessIdentity {
  readonly role: 'run' | 'gc';
  /** The id of the run. */
  readonly runId: string;
  /** Changes every few seconds while its process lives. Whether it changes matters, not the time in it. */
  readonly heartbeat: string;
}

const present = z.object({
  role: z.enum(['run', 'gc']),
  runId: z.string(),
  host: z.string(),
  machine: z.string(),
  pid: z.number(),
  startTime: z.string(),
  heartbeat: z.string(),
});
const fileName = new RegExp(`^(run|gc)~~(.*)~~(${identityPattern})$`);

/** A file's text, or that of a lock, which is a link to it; undefined when it is not whole. */
export function parsePresent(text: string): Present | undefined {
  try {
    return present.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function presentText(present: Present): string {
  return `${JSON.stringify(present)}\n`;
}

/** `<role>~~<run>~~<host~machine~pid~start>`: the name alone tells who it is, whatever became of the content. */
export function presentFileName(present: Omit<Present, 'heartbeat'>): string {
  return `${present.role}~~${present.runId}~~${identityText(present)}`;
}

/** Who has a file of this name; undefined when it is none of ours. */
export function presentOfName(name: string): Omit<Present, 'heartbeat'> | undefined {
  const [, role, runId, identity = ''] = fileName.exec(name) ?? [];
  const parsed = parseIdentity(identity);
  if (!parsed || runId === undefined) return undefined;
  return { role: role === 'gc' ? 'gc' : 'run', runId, ...parsed };
}
