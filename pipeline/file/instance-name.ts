/** Which label an instance has on each of its axes. */
export type Labels = Readonly<Record<string, string>>;

/**
 * What an instance of a stage is called, `detector[arm=mixed,seed=2]`: axes by name, so that neither their order in
 * the file nor where they come from changes it. A stage without axes is called what the file calls it.
 */
export function instanceName(stage: string, labels: Labels): string {
  const pairs = labelPairs(labels);
  return pairs.length === 0 ? stage : `${stage}[${pairs.join(',')}]`;
}

/** The folder of an instance's results below `out/`: `detector/arm=mixed,seed=2`. Labels hold no separators. */
export function instanceFolder(stage: string, labels: Labels): string {
  const pairs = labelPairs(labels);
  return pairs.length === 0 ? stage : `${stage}/${pairs.join(',')}`;
}

/** Takes `detector[seed=2]` apart; undefined when it is not of this form. */
export function parseInstanceName(
  text: string,
): { readonly stage: string; readonly labels: Labels } | undefined {
  const match = /^([^[\]]+)(?:\[([^[\]]*)\])?$/.exec(text);
  if (!match) return undefined;
  const labels: Record<string, string> = {};
  for (const pair of (match[2] ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const [axis = '', ...label] = pair.split('=');
    if (label.length === 0) return undefined;
    labels[axis.trim()] = label.join('=').trim();
  }
  return { stage: match[1] ?? '', labels };
}

/**
 * The stages that a person means by a name: `detector` is all of its instances, `detector[seed=2]` those with that
 * label, in whatever order the labels stand.
 */
export function stagesNamed(text: string, names: Iterable<string>): readonly string[] {
  const wanted = parseInstanceName(text);
  return [...names].filter((name) => {
    if (name === text) return true;
    const instance = parseInstanceName(name);
    if (!wanted || !instance || instance.stage !== wanted.stage) return false;
    return Object.entries(wanted.labels).every(([axis, label]) => instance.labels[axis] === label);
  });
}

/** True when no axis that both have tells them apart. */
export function labelsAgree(a: Labels, b: Labels): boolean {
  return Object.entries(a).every(([axis, label]) => b[axis] === undefined || b[axis] === label);
}

function labelPairs(labels: Labels): string[] {
  return Object.keys(labels)
    .sort()
    .map((axis) => `${axis}=${labels[axis] ?? ''}`);
}
