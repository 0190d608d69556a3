import { eventFile, type TensorBoardEvent } from '../lib/tensors/event-file.js';
import type { EpochReport } from './training-state.js';

/** TensorBoard finds event files by `tfevents` in their names. */
export const EVENT_FILE_NAME = 'events.out.tfevents.0.darkroom';

const columns = ['epoch', 'loss', 'box', 'objectness', 'classes', 'rate', 'ap50'] as const;

/** A training's curves as CSV, an epoch a line; AP50 is empty where it was not validated. */
export function curvesAsCsv(reports: readonly EpochReport[]): string {
  const lines = reports.map((report) => columns.map((column) => report[column] ?? '').join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}

/** A picture for TensorBoard, with what it is called there. */
export interface TaggedPicture {
  readonly step: number;
  readonly tag: string;
  readonly picture: { readonly width: number; readonly height: number; readonly encoded: Uint8Array };
}

/** A training's curves and pictures for TensorBoard. */
export function curvesAsEvents(
  reports: readonly EpochReport[],
  pictures: readonly TaggedPicture[],
): Uint8Array {
  const events: TensorBoardEvent[] = [...pictures];
  for (const { epoch, ap50, rate, loss, box, objectness, classes } of reports) {
    const values = { 'loss/all': loss, 'loss/boxes': box, 'loss/objectness': objectness, 'loss/classes': classes, rate }; // prettier-ignore
    for (const [tag, value] of Object.entries(values)) events.push({ step: epoch, tag, value });
    if (ap50 !== undefined) events.push({ step: epoch, tag: 'validation/AP50', value: ap50 });
  }
  return eventFile(events);
}
