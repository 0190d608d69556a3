import leven from 'leven';

/**
 * The known name that a misspelt one most likely meant, or undefined when none is near
 * (more than a third of its letters would have to change).
 */
export function nearestName(wrong: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const name of known) {
    const distance = leven(wrong.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  const allowed = Math.max(2, Math.ceil(wrong.length / 3));
  return bestDistance <= allowed ? best : undefined;
}
