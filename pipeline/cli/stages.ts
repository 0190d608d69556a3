import { resolve } from 'node:path';
import { z } from 'zod';
import { DiagnosticError } from '../core/diagnostic.js';
import { nearestName } from '../core/nearest-name.js';
import { UserError } from '../core/user-error.js';
import { pipelineJsonSchema } from '../file/json-schema.js';
import { isKindPath, loadKind } from '../file/load-kind.js';
import type { StageKind } from '../stage/definition.js';
import { exitCodes } from './exit-codes.js';
import type { Console, Program } from './program.js';
import { tableLines } from './table.js';

/** `pipeline stages [KIND]`: the stage kinds, or all about one of them (by name, or by its path), out of its schemas. */
export async function stagesCommand(
  kindName: string | undefined,
  options: { readonly json?: boolean; readonly schema?: boolean },
  program: Program,
  console: Console,
): Promise<number> {
  const registry = await program.stages.load();
  const kinds = [...registry.values()];
  if (options.schema) {
    console.out(JSON.stringify(pipelineJsonSchema(registry), null, 2));
  } else if (kindName === undefined) {
    if (options.json) console.out(JSON.stringify(kinds.map(describeKind), null, 2));
    else for (const line of tableLines(kinds.map((kind) => [kind.kind, kind.summary]))) console.out(line);
  } else {
    const kind = isKindPath(kindName) ? await userKind(kindName, program) : registry.get(kindName);
    if (!kind) {
      const near = nearestName(kindName, registry.keys());
      throw new UserError(`There is no stage kind ${kindName}.`, {
        hint: near ? `Did you mean ${near}?` : '`pipeline stages` lists them.',
      });
    }
    if (options.json) console.out(JSON.stringify(describeKind(kind), null, 2));
    else for (const line of documentation(kind)) console.out(line);
  }
  return exitCodes.success;
}

/** @throws DiagnosticError when there is no stage kind at this path */
async function userKind(path: string, program: Program): Promise<StageKind> {
  const kind = await loadKind(resolve(path), program.modules ?? {});
  if (!kind.ok) throw new DiagnosticError([kind.error]);
  return kind.value;
}

interface ParamSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly ParamSchema[];
  readonly oneOf?: readonly ParamSchema[];
  readonly items?: ParamSchema | boolean;
  readonly prefixItems?: readonly ParamSchema[];
  readonly properties?: Readonly<Record<string, ParamSchema>>;
  readonly required?: readonly string[];
}

function describeKind(kind: StageKind): object {
  const { kind: name, summary, revision, inputs, outputs, mode } = kind;
  return { kind: name, summary, mode, revision, inputs, outputs, params: paramSchema(kind) };
}

function paramSchema(kind: StageKind): ParamSchema {
  return z.toJSONSchema(kind.params, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  }) as ParamSchema;
}

function documentation(kind: StageKind): string[] {
  const inputs = Object.entries(kind.inputs).map(([name, { type, description, many, named, optional }]) => [
    `  ${name}`,
    `${many ? 'list of ' : ''}${type}${named ? ', known by name' : ''}${optional ? ', optional' : ''}`,
    description,
  ]);
  const outputs = Object.entries(kind.outputs).map(([name, { type, description }]) => [
    `  ${name}`,
    type,
    description,
  ]);
  return [
    `${kind.kind} – ${kind.summary}`,
    kind.mode === 'map' ? 'Works item by item; every item is cached for itself.' : 'Works as a whole.',
    '',
    'in:',
    ...(inputs.length > 0 ? tableLines(inputs) : ['  nothing']),
    'gives:',
    ...tableLines(outputs),
    'with:',
    ...tableLines(paramRows(paramSchema(kind), '  ')),
  ];
}

function paramRows(schema: ParamSchema, indent: string): string[][] {
  const rows = Object.entries(schema.properties ?? {}).flatMap(([name, param]) => {
    const needed = schema.required?.includes(name) && param.default === undefined ? 'required' : '';
    const fallback = param.default === undefined ? needed : `default ${JSON.stringify(param.default)}`;
    const row = [`${indent}${name}`, typeName(param), fallback, param.description ?? ''];
    const element = typeof param.items === 'object' ? param.items : undefined;
    return [row, ...paramRows(element?.properties ? element : param, `${indent}  `)];
  });
  return rows.length > 0 || indent !== '  ' ? rows : [['  nothing', '']];
}

function typeName(param: ParamSchema): string {
  const alternatives = param.anyOf ?? param.oneOf;
  if (alternatives) return [...new Set(alternatives.map(typeName))].join(' | ');
  if (param.enum) return param.enum.map(String).join(' | ');
  if (param.const !== undefined) return JSON.stringify(param.const);
  if (param.prefixItems) return `[${param.prefixItems.map(typeName).join(', ')}]`;
  if (param.type === 'array' && typeof param.items === 'object') return `list of ${typeName(param.items)}`;
  return typeof param.type === 'string' ? param.type : (param.type?.join(' | ') ?? 'any');
}
