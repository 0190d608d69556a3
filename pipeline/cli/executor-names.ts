/** Where a run's jobs can go. */
export const executorNames = ['local', 'slurm'] as const;
export type ExecutorName = (typeof executorNames)[number];
