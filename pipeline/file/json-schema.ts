import { z } from 'zod';
import type { StageRegistry } from '../stage/registry.js';
import { pipelineFileSchema, stageEntrySchema } from './schema.js';

type JsonSchema = Record<string, unknown>;

/** The JSON schema of pipeline files over these stage kinds, for editors: completion, hovers, mistakes underlined. */
export function pipelineJsonSchema(registry: StageRegistry): JsonSchema {
  const options = { io: 'input', unrepresentable: 'any', reused: 'inline' } as const;
  const file: JsonSchema = z.toJSONSchema(pipelineFileSchema, options);
  const entry: JsonSchema = z.toJSONSchema(stageEntrySchema, options);
  delete entry['$schema'];
  const kinds = [...registry.values()];
  const ofKind = kinds.map((kind) => {
    const params: JsonSchema = z.toJSONSchema(kind.params, options);
    delete params['$schema'];
    const inputs = Object.entries(kind.inputs).map(([name, input]) => [
      name,
      {
        description: `${input.description} (${input.type})`,
        anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
      },
    ]);
    return {
      if: { properties: { uses: { const: kind.kind } } },
      then: {
        description: kind.summary,
        properties: {
          with: withReferences(params),
          in: {
            type: 'object',
            properties: Object.fromEntries(inputs) as JsonSchema,
            additionalProperties: false,
          },
        },
      },
    };
  });
  const properties = entry['properties'] as JsonSchema;
  const stage: JsonSchema = {
    ...entry,
    properties: {
      ...properties,
      uses: {
        ...(properties['uses'] as JsonSchema),
        anyOf: [{ enum: kinds.map((kind) => kind.kind) }, { pattern: '^\\.{0,2}/.*\\.[mc]?[jt]s$' }],
      },
    },
    allOf: ofKind,
  };
  const fileProperties = file['properties'] as JsonSchema;
  return {
    ...file,
    title: 'Darkroom pipeline file',
    properties: {
      ...fileProperties,
      stages: { ...(fileProperties['stages'] as JsonSchema), additionalProperties: stage },
    },
  };
}

/** Every parameter may also be a reference: `${vars.NAME}`. */
function withReferences(params: JsonSchema): JsonSchema {
  const properties = params['properties'] as Record<string, JsonSchema> | undefined;
  if (!properties) return params;
  const loosened = Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema;
    const reference = { type: 'string', pattern: '^\\$\\{.*\\}$' };
    return [name, { ...(description ? { description } : {}), anyOf: [rest, reference] }];
  });
  return { ...params, properties: Object.fromEntries(loosened) as JsonSchema };
}
