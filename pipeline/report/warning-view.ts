import type { ReportedStage } from './page-model.js';

/** Further warnings are folded away, and so are further stages that say the same. */
const warningsShown = 12;
const stagesNamed = 2;

interface ShownWarning {
  readonly text: string;
  readonly stages: string;
}

/** The warnings of a run; what several instances say alike stands once. */
export function warningView(stages: readonly ReportedStage[]): {
  readonly count: number;
  readonly shown: readonly ShownWarning[];
  readonly more: readonly ShownWarning[];
} {
  const sayers = new Map<string, string[]>();
  for (const { name, warnings } of stages)
    for (const warning of warnings) sayers.set(warning, [...(sayers.get(warning) ?? []), name]);
  const all = [...sayers].map(([text, names]) => ({ text, stages: shortList([...new Set(names)]) }));
  return { count: all.length, shown: all.slice(0, warningsShown), more: all.slice(warningsShown) };
}

/** `a, b and 3 more` */
export function shortList(names: readonly string[]): string {
  const more = names.length - stagesNamed;
  return more <= 0 ? names.join(', ') : `${names.slice(0, stagesNamed).join(', ')} and ${more} more`;
}
