import type { DatasetStatistics } from '../lib/dataset/statistics/dataset-statistics.js';

/** A dataset's statistics under the name by which people know it. */
export interface DescribedDataset {
  readonly label: string;
  readonly statistics: DatasetStatistics;
}
