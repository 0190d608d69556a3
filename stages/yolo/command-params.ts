import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { yoloTrainParams, type YoloTrainParams } from './params.js';

/** The option by which commands take parameters of yolo/train. */
export const withOption = z
  .string()
  .default('{}')
  .describe('Parameters of yolo/train as in a pipeline file: `{cfg: nano, batch: 8, loss: {box: giou}}`.');

/**
 * Reads parameters of yolo/train that were given on the command line.
 * @param text as `--with` takes it, YAML
 * @throws UserError that names the parameter
 */
export async function trainingParams(text: string, fallback: object = {}): Promise<YoloTrainParams> {
  const { parse } = await import('yaml');
  let given: unknown;
  try {
    given = parse(text);
  } catch (error) {
    throw new UserError(`--with is not YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new UserError(`--with takes parameters like {batch: 8}, not ${text}.`);
  return checked({ ...fallback, ...given }, '--with');
}

/**
 * The parameters that a stage of a pipeline file trains with; `${vars.NAME}` stands for the file's own values.
 * @throws UserError when the file has no such stage, or it does not train
 */
export async function paramsOfStage(path: string, stage: string): Promise<YoloTrainParams> {
  const [{ parse }, { readFile }] = await Promise.all([import('yaml'), import('node:fs/promises')]);
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UserError(`There is no pipeline file at ${path}.`);
  });
  const read = fileSchema.safeParse(parse(text, { merge: true }));
  if (!read.success)
    throw new UserError(`${path} is not a pipeline file.`, {
      hint: `\`pipeline plan ${path}\` says where it is wrong.`,
    });
  const file = read.data;
  const found = file.stages[stage];
  const training = Object.keys(file.stages).filter((name) => file.stages[name]?.uses === 'yolo/train');
  if (found?.uses !== 'yolo/train')
    throw new UserError(`${path} has no stage "${stage}" of kind yolo/train.`, {
      hint: training.length > 0 ? `It has ${training.join(', ')}.` : 'No stage of it trains a detector.',
    });
  return checked(filledIn(found.with, file.vars, path), `${path}: ${stage}`);
}

const fileSchema = z.looseObject({
  vars: z.record(z.string(), z.unknown()).default({}),
  stages: z.record(z.string(), z.looseObject({ uses: z.string(), with: z.unknown().optional() })),
});

function filledIn(value: unknown, vars: Readonly<Record<string, unknown>>, path: string): unknown {
  if (typeof value === 'string') {
    const name = /^\$\{vars\.(\w+)\}$/.exec(value)?.[1];
    if (name !== undefined && name in vars) return vars[name];
    if (value.includes('${'))
      throw new UserError(`${path}: this command does not understand ${value}.`, {
        hint: 'Give the parameters with `--with`.',
      });
    return value;
  }
  if (Array.isArray(value)) return value.map((one) => filledIn(one, vars, path));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filledIn(one, vars, path)]));
  return value;
}

function checked(given: unknown, where: string): YoloTrainParams {
  const result = yoloTrainParams.safeParse(given);
  if (result.success) return result.data;
  throw new UserError(`${where} does not fit yolo/train.`, {
    details: result.error.issues.map(({ path, message }) => `${path.join('.') || '(all)'}: ${message}`),
    hint: '`pipeline stages yolo/train` lists all parameters.',
  });
}
