import { z } from 'zod';

export const commandParamsSchema = z
  .strictObject({
    run: z
      .array(z.string())
      .min(1)
      .describe(
        'The program and its arguments; no shell unless it is named here. {input}, {output}, {out}, {stem} and {seed} are filled in.',
      ),
    each: z
      .string()
      .optional()
      .describe(
        'A glob: the program runs once for every file that matches, each cached for itself. Without it, it runs once.',
      ),
    outputs: z
      .string()
      .optional()
      .describe(
        "The name of an item's output file ({stem} is filled in); {output} is its full path. Without it, all files in {out} are taken.",
      ),
    env: z
      .array(z.string())
      .default([])
      .describe(
        'Names of environment variables that reach the program, and its key. No others do, not even PATH.',
      ),
    sources: z
      .array(z.string())
      .default([])
      .describe(
        'Further files (paths or globs) that the program reads: a change in them runs it again. Words of run that start with ./ or ../ count by themselves.',
      ),
  })
  .refine(({ run, outputs }) => outputs !== undefined || !run.some((word) => word.includes('{output}')), {
    message:
      'run uses {output}, but outputs does not say what the file is called; add outputs, or write into {out}',
    path: ['run'],
  })
  .refine(({ each, outputs }) => each === undefined || outputs === undefined || outputs.includes('{stem}'), {
    message: 'every item would write the same file; put {stem} into outputs',
    path: ['outputs'],
  });

export type CommandParams = z.infer<typeof commandParamsSchema>;

/** What stands for `{…}` in a word of `run` or in `outputs`. */
export type Placeholders = Readonly<Partial<Record<'input' | 'output' | 'out' | 'stem' | 'seed', string>>>;

/** Puts values in the place of {input}, {output}, …; braces that are none of ours stay as they are. */
export function fillIn(text: string, values: Placeholders): string {
  return text.replace(
    /\{(input|output|out|stem|seed)\}/g,
    (whole, name: keyof Placeholders) => values[name] ?? whole,
  );
}
