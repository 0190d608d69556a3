import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineCommand } from '../../pipeline/stage/command.js';
import { lineChart } from '../lib/plots/charts.js';
import { terminalChart } from '../../pipeline/core/terminal-chart.js';
import { rateAt } from '../lib/tensors/schedules.js';
import { paramsOfStage, trainingParams, withOption } from './command-params.js';
import { phasesOf } from './phases.js';

/** Points of the drawn line at most: more than a screen has columns. */
const POINTS = 2000;

/** `pipeline plot-schedule`: the learning rate over a training, before it runs. */
export const plotScheduleCommand = defineCommand({
  words: '[FILE STAGE]',
  wordsHelp: 'A pipeline file and its stage of kind yolo/train; or give the parameters by --with.',
  options: z.strictObject({
    with: withOption,
    images: z.number().int().min(1).default(1000).describe('Images of the training dataset.'),
    svg: z.string().optional().describe('Also write the drawing to this file.'),
  }),
  run: async (words, options, host) => {
    const [file, stage, ...more] = words;
    if ((file === undefined) !== (stage === undefined) || more.length > 0)
      throw new UserError('plot-schedule takes a pipeline file and a stage, or --with alone.');
    const params =
      file !== undefined && stage !== undefined
        ? await paramsOfStage(resolve(host.directory, file), stage)
        : await trainingParams(options.with, { cfg: 'nano' });
    const phases = phasesOf(params, undefined, options.images);
    const points: [number, number][] = [];
    const steps = phases.reduce((sum, phase) => sum + phase.steps, 0);
    const stride = Math.max(1, Math.floor(steps / POINTS));
    for (const { schedule, firstStep, steps: own } of phases)
      for (let step = 0; step < own; step += stride) points.push([firstStep + step, rateAt(schedule, step)]);
    for (const line of terminalChart(points.map(([, rate]) => rate))) host.console.out(line);
    host.console.out(`learning rate over ${steps} steps of ${options.images} images`);
    for (const { name, epochs, steps: own, plateau } of phases)
      host.console.out(
        `${name}: ${epochs} epochs, ${own} steps${plateau ? '; a plateau may lower the rate on the way' : ''}`,
      );
    if (options.svg !== undefined) {
      const series = [{ name: 'rate', points }];
      await writeFile(
        resolve(host.directory, options.svg),
        await lineChart({ title: 'Learning rate', xLabel: 'step', yLabel: 'rate', series }),
      );
      host.console.out(`drawn in ${options.svg}`);
    }
    return 0;
  },
});
