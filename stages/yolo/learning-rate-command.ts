import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineCommand } from '../../pipeline/stage/command.js';
import { lineChart } from '../lib/plots/charts.js';
import { terminalChart } from '../../pipeline/core/terminal-chart.js';
import { trainingParams, withOption } from './command-params.js';
import { prepareTraining } from './prepare-training.js';
import { rangeTest } from './range-test.js';

/** `pipeline learning-rate`: a learning-rate range test. */
export const learningRateCommand = defineCommand({
  words: '[FILE] STAGE[.OUTPUT]',
  wordsHelp: 'The dataset to learn from, of the store or a folder.',
  options: z.strictObject({
    with: withOption,
    from: z.number().positive().default(1e-6).describe('First rate.'),
    to: z.number().positive().default(0.1).describe('Last rate.'),
    steps: z.number().int().min(10).default(100).describe('Steps between them.'),
    seed: z.number().int().default(1).describe('Of the first weights and the order of the images.'),
    svg: z.string().optional().describe('Also write the drawing to this file.'),
  }),
  run: async (words, { with: given, from, to, steps, seed, svg }, host) => {
    if (from >= to) throw new UserError(`--from ${from} must be less than --to ${to}.`);
    const params = await trainingParams(given, { cfg: 'nano' });
    const { labelled, ...network } = await prepareTraining(words, params, seed, host);
    const { rates, losses, suggested } = await rangeTest({
      params,
      ...network,
      train: labelled,
      seed,
      workers: host.cpuCount,
      signal: host.signal,
      from,
      to,
      steps,
      onStep: (step, rate, loss) => {
        if (step % 10 === 0) host.console.out(`rate ${rate.toExponential(1)}: loss ${loss.toFixed(2)}`);
      },
    });
    for (const line of terminalChart(losses)) host.console.out(line);
    host.console.out(`loss over the rate, ${from} to ${(rates.at(-1) ?? from).toPrecision(2)} (logarithmic)`);
    if (svg !== undefined) {
      const points = rates.map((rate, i): [number, number] => [Math.log10(rate), losses[i] ?? 0]);
      const chart = { xLabel: 'log₁₀ of the rate', yLabel: 'loss', series: [{ name: 'loss', points }] };
      await writeFile(resolve(host.directory, svg), await lineChart({ title: 'Learning-rate range test', ...chart })); // prettier-ignore
    }
    if (suggested === undefined) {
      host.console.error('The loss never fell: start lower (--from), or take more --steps.');
      return 1;
    }
    host.console.out(`It falls fastest near ${suggested.toPrecision(2)}: a good optimizer.rate.`);
    return 0;
  },
});
