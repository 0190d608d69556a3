import { stringify } from 'csv-stringify/sync';
import { eventFile, type TensorBoardEvent } from '../lib/tensors/event-file.js';
import type { LossReport } from './training-state.js';

/** TensorBoard finds event files by `tfevents` in their names. */
export const GAN_EVENT_FILE = 'events.out.tfevents.0.darkroom';

/** Losses as CSV, an epoch a line. */
export function lossesAsCsv(reports: readonly LossReport[]): string {
  const names = Object.keys(reports[0]?.losses ?? {});
  const rows = reports.map(({ epoch, rate, losses }) => [
    epoch,
    rate,
    ...names.map((name) => losses[name] ?? ''),
  ]);
  return stringify([['epoch', 'rate', ...names], ...rows]);
}

/** Losses for TensorBoard. */
export function lossesAsEvents(reports: readonly LossReport[]): Uint8Array {
  const events: TensorBoardEvent[] = [];
  for (const { epoch, rate, losses } of reports) {
    for (const [name, value] of Object.entries(losses))
      events.push({ step: epoch, tag: `loss/${name}`, value });
    events.push({ step: epoch, tag: 'rate', value: rate });
  }
  return eventFile(events);
}
