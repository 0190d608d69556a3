import type { StageCost } from './cost.js';
import { formatDuration, formatNumber } from './quantities.js';

/** The cost of a run as the page shows it; undefined where nothing was measured and nothing saved. */
export function costView(costs: readonly StageCost[]) {
  const sum = (value: (cost: StageCost) => number): number =>
    costs.reduce((total, cost) => total + value(cost), 0);
  const [cpuMs, gpuMs, savedMs] = [
    sum(({ cpuMs: own }) => own),
    sum(({ gpuMs: own }) => own),
    sum(({ savedCpuMs }) => savedCpuMs),
  ];
  if (cpuMs + gpuMs + savedMs === 0) return undefined;
  const withGpu = costs.some((cost) => cost.gpuMs + cost.savedGpuMs > 0);
  return {
    sentence: [
      `This run held ${formatDuration(cpuMs)} of CPU${gpuMs > 0 ? ` and ${formatDuration(gpuMs)} of GPU` : ''}`,
      ...(savedMs > 0 ? [`what it reused had taken ${formatDuration(savedMs)} of CPU when it was made`] : []),
    ].join('; '),
    columns: ['stage', 'items made', 'reused', 'CPU', ...(withGpu ? ['GPU'] : []), 'CPU saved'],
    rows: costs
      .filter((cost) => cost.cpuMs + cost.gpuMs + cost.savedCpuMs + cost.savedGpuMs > 0)
      .map((cost) => [
        cost.stage,
        count(cost.itemsMade),
        count(cost.itemsReused),
        time(cost.cpuMs),
        ...(withGpu ? [time(cost.gpuMs)] : []),
        time(cost.savedCpuMs),
      ]),
  };
}

function count(items: number | null): string {
  return items === null ? '' : formatNumber(items);
}

function time(ms: number): string {
  return ms === 0 ? '–' : formatDuration(ms);
}
