import type { Item } from '../../pipeline/stage/context.js';
import type { PredictionRecord } from '../lib/dataset/prediction-record.js';
import type { DatasetRecord } from '../lib/dataset/record.js';

/** What is kept of an image: a PredictionRecord but for its id, which is not part of the result. */
export type Finding = Omit<PredictionRecord, 'id'>;

/** An image to look at. */
export interface ImageItem extends Item {
  readonly record: DatasetRecord;
}
