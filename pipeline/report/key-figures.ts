/** Whether a metric is one of a stage's headlines: a number without a `/`, which sets apart what is of a part only. */
export function isKeyFigure(metric: readonly [name: string, value: unknown]): metric is [string, number] {
  return typeof metric[1] === 'number' && !metric[0].includes('/');
}
