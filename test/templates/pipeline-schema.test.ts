import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';
import { pipelineJsonSchema } from '../../pipeline/file/json-schema.js';
import { parsePipelineFile } from '../../pipeline/file/parse.js';
import { planPipeline } from '../../pipeline/plan/plan.js';
import { stageLibrary } from '../../stages/registry.js';

const registry = await stageLibrary.load();
const templates = join(productRoot(), 'templates');

describe('the schema of pipeline files', () => {
  it('is the one that the stage kinds give (else: pipeline stages --schema > templates/pipeline.schema.json)', async () => {
    const committed = JSON.parse(await readFile(join(templates, 'pipeline.schema.json'), 'utf8')) as object;
    expect(committed).toEqual(JSON.parse(JSON.stringify(pipelineJsonSchema(registry))));
  });

  it('describes every parameter of every stage kind', () => {
    const undescribed: string[] = [];
    const visit = (schema: unknown, path: string): void => {
      const { properties } = schema as { properties?: Record<string, { description?: string }> };
      for (const [name, property] of Object.entries(properties ?? {})) {
        if (!property.description) undescribed.push(`${path}.${name}`);
        visit(property, `${path}.${name}`);
      }
    };
    const file = pipelineJsonSchema(registry) as {
      properties: {
        stages: {
          additionalProperties: {
            allOf: {
              if: { properties: { uses: { const: string } } };
              then: { properties: { with: object } };
            }[];
          };
        };
      };
    };
    for (const kind of file.properties.stages.additionalProperties.allOf)
      visit(kind.then.properties.with, kind.if.properties.uses.const);
    expect(undescribed).toEqual([]);
  });
});

describe('the templates', () => {
  it.each(['quickstart', 'patient-room', 'street', 'nightly', 'domain-adaptation'])('%s can be planned', async (name) => {
    const path = join(templates, name, 'pipeline.yaml');
    const file = parsePipelineFile(await readFile(path, 'utf8'), path);
    expect(file.ok).toBe(true);
    expect(file.ok && planPipeline(file.value, registry)).toMatchObject({ ok: true });
  });
});
