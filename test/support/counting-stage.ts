/** The text of a whole stage that counts, a step a second, with a checkpoint after each; `steps` tells of all of them. */
export function countingStage(most: number): string {
  return `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { defineStage } from 'darkroom';
import { z } from 'zod';

export default defineStage({
  kind: 'count', summary: 'Counts.', revision: 1, params: z.strictObject({}), inputs: {},
  outputs: { n: { type: 'number', description: 'How far' } },
  seeded: () => false,
  run: async ({ output, workDirectory, baseDirectory, signal }) => {
    const checkpoint = join(workDirectory, 'checkpoint');
    const steps = join(baseDirectory, 'steps');
    let n = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0;
    appendFileSync(steps, 'from ' + n + '\\n');
    while (n < ${most}) {
      await setTimeout(1000);
      signal.throwIfAborted();
      appendFileSync(steps, ++n + '\\n');
      writeFileSync(checkpoint, String(n));
    }
    await output('n').write('n', String(n));
  },
});
`;
}
