import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../pipeline/core/atomic-file.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import { adaptCfg } from '../lib/darknet/adapt-cfg.js';
import { parseCfg, type DarknetCfg } from '../lib/darknet/cfg.js';
import { layoutOf, type NetworkLayout } from '../lib/darknet/layout.js';
import { writeWeights } from '../lib/darknet/weights.js';
import { writeLearntImages } from '../lib/dataset/learnt-images.js';
import { readLabelledImages, type LabelledImages } from './batches.js';
import type { YoloTrainParams } from './params.js';
import { precisionRecallPicture } from './precision-recall-picture.js';
import { showAugmentedBatch, showCurves } from './show-training.js';
import { processEnvironments } from './start-computing.js';
import { startingWeights } from './starting-point.js';
import { trainDetector, type TrainingCourse } from './train.js';
import { curvesAsCsv, curvesAsEvents, EVENT_FILE_NAME } from './training-logs.js';

type Context = StageContext<YoloTrainParams>;

const sizeSchema = z.tuple([z.number(), z.number()]);
const anchorsSchema = z.object({ anchors: z.array(sizeSchema), inputSize: sizeSchema.optional() });

/** The yolo/train stage: reads its inputs, trains, writes the detector, shows how it went. */
export async function runYoloTraining(context: Context): Promise<void> {
  const { params, seed } = context;
  const train = await readLabelledImages(context.input('train'));
  const validation = await readLabelledImages(context.input('validation'), train.classes);
  warnAboutLeftOut(context, 'train', train);
  warnAboutLeftOut(context, 'validation', validation);
  const objects = train.images.reduce((sum, image) => sum + image.objects.classes.length, 0);
  if (objects === 0)
    throw new UserError('The training dataset holds no objects: there is nothing to learn.', {
      hint: 'Look at the stage that makes it; `minPixels` or `minVisible` may leave everything out.',
    });
  if (validation.images.length === 0) throw new UserError('The validation dataset holds no images.');
  const missing = train.classes.filter(
    (_, c) => !train.images.some(({ objects: o }) => o.classes.includes(c)),
  );
  if (missing.length > 0)
    context.warn(`No object of the training dataset is of class ${missing.join(', ')}: it cannot be learnt.`);
  const { cfg, cfgText, layout } = await loadNetwork(context, train.classes.length);
  const start = await startingWeights(context, { cfg, layout, classes: train.classes });
  const sheet = await showAugmentedBatch(context, cfg, train);
  const eventsOf = async (course: TrainingCourse): Promise<Uint8Array> => {
    const curves = await precisionRecallPicture(course, train.classes);
    return curvesAsEvents(course.reports, [{ step: 0, tag: 'training images', picture: sheet }, ...curves]);
  };
  const liveFolder = join(context.workDirectory, 'tensorboard');
  context.log(`while it trains, its curves are in ${liveFolder} (tensorboard --logdir)`);
  const result = await trainDetector({
    params,
    cfg,
    cfgText,
    layout,
    start,
    train,
    validation,
    seed,
    workers: params.workers === 'auto' ? context.host.cpuCount : params.workers,
    processes: {
      environments: processEnvironments(params, context.gpus),
      folder: join(context.workDirectory, 'exchange'),
    },
    workDirectory: context.workDirectory,
    signal: context.signal,
    log: (line) => context.log(line),
    onEpoch: async (course) => writeAtomically(join(liveFolder, EVENT_FILE_NAME), await eventsOf(course)),
    onStep: (done, total, note, figures) => context.progress({ done, total, unit: 'steps', note, figures }),
  });
  const output = context.output('detector');
  await output.write('model.cfg', cfgText);
  await output.write(
    'model.weights',
    writeWeights({ values: result.values, seen: result.imagesSeen }, layout),
  );
  const learnt = { train: context.input('train'), validation: context.input('validation') };
  const started = context.hasInput('start') ? [context.input('start')] : [];
  await writeLearntImages(output, learnt, [...started, ...Object.values(learnt)]);
  const detector = {
    version: 1,
    classes: train.classes,
    inputSize: [cfg.width, cfg.height],
    resize: 'letterbox',
    training: {
      epochs: result.reports.at(-1)?.epoch ?? 0,
      bestEpoch: result.bestEpoch,
      validationAp50: result.bestAp50,
    },
  };
  await output.write('detector.json', `${JSON.stringify(detector, null, 2)}\n`);
  await output.write('training/curves.csv', curvesAsCsv(result.reports));
  await output.write(`training/${EVENT_FILE_NAME}`, await eventsOf(result));
  context.metric('validation/AP50', result.bestAp50);
  context.metric('loss', result.reports.at(-1)?.loss ?? NaN);
  await showCurves(context, result, train.classes);
}

async function loadNetwork(
  context: Context,
  classes: number,
): Promise<{ cfg: DarknetCfg; cfgText: string; layout: NetworkLayout }> {
  const { params } = context;
  const [source] = context.sources('cfg');
  if (!source) throw new UserError(`There is no cfg file at ${params.cfg}.`);
  const anchors = context.hasInput('anchors')
    ? anchorsSchema.parse(JSON.parse(await context.input('anchors').readText('anchors.json')))
    : undefined;
  const cfgText = adaptCfg(await readFile(source.path, 'utf8'), params.cfg, {
    classes,
    ...(anchors ? { anchors: anchors.anchors } : {}),
    ...(params.inputSize ? { inputSize: params.inputSize } : {}),
    yolo: {
      iou_thresh: params.loss.matchIou,
      iou_normalizer: params.loss.boxWeight,
      ignore_thresh: params.loss.ignoreIou,
    },
  });
  const cfg = parseCfg(cfgText, params.cfg);
  if (cfg.channels !== 3)
    throw new UserError(`${params.cfg}: channels=${cfg.channels}; images have 3 channels.`);
  const measured = anchors?.inputSize;
  if (measured && (measured[0] !== cfg.width || measured[1] !== cfg.height))
    throw new UserError(
      `The anchors were measured for an input of ${measured.join(' × ')}, the network's is ${cfg.width} × ${cfg.height}.`,
      { hint: `Set \`inputSize: [${cfg.width}, ${cfg.height}]\` in the anchors stage.` },
    );
  const layout = layoutOf(cfg);
  context.log(`${layout.trainedLength} trained numbers, input ${cfg.width} × ${cfg.height}`);
  return { cfg, cfgText, layout };
}

function warnAboutLeftOut(context: Context, name: string, images: LabelledImages): void {
  if (images.crowdCount > 0)
    context.warn(
      `${images.crowdCount} crowd boxes of the ${name} dataset are not used: they mark no single object.`,
    );
  if (images.emptyCount > 0)
    context.warn(`${images.emptyCount} boxes without an area of the ${name} dataset are not used.`);
}
