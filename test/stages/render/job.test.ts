import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { jobSchema } from '../../../stages/render/job.js';

test('blender/job.schema.json is what the zod schema says', async () => {
  const committed = JSON.parse(
    await readFile(new URL('../../../blender/job.schema.json', import.meta.url), 'utf8'),
  ) as unknown;
  expect(committed).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(jobSchema))));
});
