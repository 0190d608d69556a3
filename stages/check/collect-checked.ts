import { UserError } from '../../pipeline/core/user-error.js';
import type { ArtifactFile } from '../../pipeline/stage/artifact.js';
import type { ItemResult, StageContext } from '../../pipeline/stage/context.js';
import { boxFaults, checkObjects, type BoxFault } from '../lib/dataset/checks/box-faults.js';
import { imageFaults, type ImageFault } from '../lib/dataset/checks/image-faults.js';
import { DatasetWriter } from '../lib/dataset/dataset-writer.js';
import { passOnLearntImages } from '../lib/dataset/learnt-images.js';
import { readDataset } from '../lib/dataset/dataset.js';
import type { DatasetRecord } from '../lib/dataset/record.js';
import { UniqueNames } from '../lib/dataset/unique-names.js';
import { lookSchema, type CheckedItem, type Look } from './check-image.js';
import { boxActions, imageActions, placeOfFault, type CheckAction, type CheckParams } from './params.js';

type Context = StageContext<CheckParams>;
type Fault = BoxFault | ImageFault;

const namedFaults = 12;

/** Brings looks at images and boxes together: writes the dataset, and tells every fault and what was done about it. */
export async function collectChecked(
  results: AsyncIterable<ItemResult<CheckedItem>>,
  context: Context,
): Promise<void> {
  const { params } = context;
  const dataset = await readDataset(context.input('dataset'), 'the dataset');
  const known = params.classes && new Set(params.classes);
  const classes = dataset.header.classes.filter(
    (name) => !known || known.has(name) || params.unknownClass === 'warn',
  );
  const writer = new DatasetWriter(context.output('dataset'), { classes });
  const names = new UniqueNames((path) => path.toLowerCase());
  const found = new Findings(context);
  const [ofBoxes, ofImages] = [boxActions(params), imageActions(params)];
  for await (const { item, value, files } of results) {
    const { record } = item;
    const look = lookSchema.parse(value);
    let dropped = false;
    for (const { fault, what } of look.findings) {
      // An image that was turned upright has the size that the dataset says.
      const fits = look.rewritten?.width === record.width && look.rewritten.height === record.height;
      const action = fault === 'image-size' && fits ? 'repair' : ofImages[fault];
      found.add(fault, action, `image "${record.id}": ${what}`);
      if (action === 'drop') dropped = true;
    }
    if (dropped) continue;
    const { objects, faults } = checkObjects(record, ofBoxes, known || undefined);
    for (const { fault, object, action } of faults) {
      const { class: name, box } = record.objects[object] ?? { class: '', box: [] };
      const corners = box.map((value) => Number(value.toFixed(2))).join(', ');
      found.add(fault, action, `image "${record.id}", object ${object + 1}: ${name} [${corners}]`);
    }
    if (!found.hasErrors) {
      const checked = asRewritten(record, look, files[0]);
      await writer.add({ ...checked, image: names.claim(checked.image, true), objects });
    }
  }
  found.tellErrors();
  await writer.finish();
  await passOnLearntImages(context.input('dataset'), context.output('dataset'));
  await found.tell();
  context.metric('images', writer.imageCount);
  context.metric('objects', writer.objectCount);
}

function asRewritten(record: DatasetRecord, look: Look, file: ArtifactFile | undefined): DatasetRecord {
  if (!look.rewritten || !file) return record;
  return {
    ...record,
    image: `${record.image.replace(/\.[^./]*$/, '')}.png`,
    imageDigest: file.digest,
    imageBytes: file.sizeBytes,
    width: look.rewritten.width,
    height: look.rewritten.height,
  };
}

/** Counts faults, and keeps the places of the first ones. */
class Findings {
  readonly #counts = new Map<Fault, Map<CheckAction, number>>();
  readonly #examples = new Map<Fault, string[]>();
  readonly #errors: string[] = [];
  #errorCount = 0;

  constructor(private readonly context: Context) {}

  get hasErrors(): boolean {
    return this.#errorCount > 0;
  }

  add(fault: Fault, action: CheckAction, place: string): void {
    const counts = this.#counts.get(fault) ?? new Map<CheckAction, number>();
    this.#counts.set(fault, counts.set(action, (counts.get(action) ?? 0) + 1));
    const examples = this.#examples.get(fault) ?? [];
    this.#examples.set(fault, examples);
    if (examples.length < 3) examples.push(place);
    this.context.log(`${fault} (${action}): ${place}`);
    if (action !== 'error') return;
    this.#errorCount += 1;
    if (this.#errors.length < namedFaults) this.#errors.push(`${fault}: ${place}`);
  }

  tellErrors(): void {
    if (this.#errorCount === 0) return;
    const kinds = [...this.#counts].filter(([, counts]) => counts.has('error')).map(([fault]) => fault);
    const more = this.#errorCount - this.#errors.length;
    throw new UserError(`The dataset has ${this.#errorCount} faults that the file calls errors.`, {
      details: more > 0 ? [...this.#errors, `… and ${more} more; the stage’s log names all`] : this.#errors,
      hint: `Mend the source, or say what becomes of them: ${kinds.map((fault) => `\`${placeOfFault[fault]}\``).join(', ')} can be warn or drop, some of them repair.`,
    });
  }

  async tell(): Promise<void> {
    const done = { warn: 'left as they are', drop: 'dropped', repair: 'repaired', error: '' } as const;
    for (const [fault, counts] of this.#counts)
      for (const [action, count] of counts)
        this.context.warn(
          `${count} × ${fault}, ${done[action]} (\`${placeOfFault[fault]}\`): ${(this.#examples.get(fault) ?? []).join('; ')}${count > 3 ? '; …' : ''}.`,
        );
    for (const fault of [...imageFaults, ...boxFaults])
      this.context.metric(fault, [...(this.#counts.get(fault)?.values() ?? [])].reduce((sum, count) => sum + count, 0)); // prettier-ignore
    await this.context.exhibit({
      type: 'table',
      title: 'Faults',
      caption: 'What the check looked for, how often it was found, and what was done about it.',
      columns: ['fault', 'left as it is', 'repaired', 'dropped'],
      rows: [...imageFaults, ...boxFaults].map((fault) => {
        const counts = this.#counts.get(fault);
        return [fault, counts?.get('warn') ?? 0, counts?.get('repair') ?? 0, counts?.get('drop') ?? 0];
      }),
    });
  }
}
