/** Where a run's jobs can go. */
export const executorNames = ['local', 'slurm', 'submit'] as const;
export type ExecutorName = (typeof executorNames)[number];
