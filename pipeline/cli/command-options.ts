import { Option, type Command } from 'commander';
import { z } from 'zod';
import { UserError } from '../core/user-error.js';
import type { StageCommand } from '../stage/command.js';

interface OptionSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: OptionSchema;
}

/** The options of a stage's command as commander has them: `minSizePx` is `--min-size-px <number>`. */
export function addOptions(line: Command, command: StageCommand): Command {
  const schema = z.toJSONSchema(command.options, { io: 'input', reused: 'inline' });
  const required = new Set(schema.required);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const option = optionOf(name, property as OptionSchema);
    line.addOption(required.has(name) ? option.makeOptionMandatory() : option);
  }
  return line;
}

function optionOf(name: string, schema: OptionSchema): Option {
  const flag = flagOf(name);
  const fallback = schema.default === undefined ? '' : ` (default: ${JSON.stringify(schema.default)})`;
  if (schema.type === 'boolean')
    return new Option(schema.default === true ? flag.replace('--', '--no-') : flag, schema.description);
  const value = schema.type === 'array' ? (schema.items ?? {}) : schema;
  const kind = value.enum
    ? value.enum.join('|')
    : value.type === 'integer' || value.type === 'number'
      ? 'number'
      : 'text';
  const option = new Option(`${flag} <${kind}>`, `${schema.description ?? ''}${fallback}`);
  if (schema.type !== 'array') return option;
  return option.argParser((text: string, earlier: unknown) =>
    Array.isArray(earlier) ? [...(earlier as unknown[]), text] : [text],
  );
}

/**
 * What was written, checked and with its defaults.
 * @throws UserError that names the flag
 */
export function checkOptions(command: StageCommand, written: Readonly<Record<string, unknown>>): object {
  const schema = z.toJSONSchema(command.options, { io: 'input', reused: 'inline' });
  const typed = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const value = written[name];
    return value === undefined ? [] : [[name, typedValue(value, property as OptionSchema)] as const];
  });
  const checked = command.options.safeParse(Object.fromEntries(typed));
  if (checked.success) return checked.data;
  throw new UserError('An option is wrong.', {
    details: checked.error.issues.map(
      ({ path, message }) => `${flagOf(String(path[0] ?? ''))}: ${message.replace(/^Invalid input: /, '')}`,
    ),
    hint: '--help lists the options.',
  });
}

/** Words of the command line are text; a number that is none stays text, for zod to say so. */
function typedValue(value: unknown, schema: OptionSchema): unknown {
  if (Array.isArray(value)) return value.map((part: unknown) => typedValue(part, schema.items ?? {}));
  if (typeof value !== 'string' || (schema.type !== 'number' && schema.type !== 'integer')) return value;
  const number = Number(value);
  return value.trim() === '' || Number.isNaN(number) ? value : number;
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
