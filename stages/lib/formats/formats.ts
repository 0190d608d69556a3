import type { Format } from './format.js';
import type { FormatName } from './format-names.js';

/** Both halves of a format; only what is asked for is loaded. */
export async function formatOf(name: FormatName): Promise<Format> {
  return loaders[name]();
}

const loaders: Readonly<Record<FormatName, () => Promise<Format>>> = {
  coco: async () => ({
    open: (await import('./coco/read-coco.js')).openCoco,
    create: (await import('./coco/write-coco.js')).createCocoWriter,
  }),
  yolo: async () => ({
    open: (await import('./yolo/read-yolo.js')).openYolo,
    create: (await import('./yolo/write-yolo.js')).createYoloWriter,
  }),
  keras: async () => ({
    open: (await import('./keras/read-keras.js')).openKeras,
    create: (await import('./keras/write-keras.js')).createKerasWriter,
  }),
  voc: async () => ({
    open: (await import('./voc/read-voc.js')).openVoc,
    create: (await import('./voc/write-voc.js')).createVocWriter,
  }),
  csv: async () => ({
    open: (await import('./csv/read-csv.js')).openLabelCsv,
    create: (await import('./csv/write-csv.js')).createLabelCsvWriter,
  }),
  tfrecord: async () => ({
    open: (await import('./tfrecord/read-tfrecord.js')).openTfRecord,
    create: (await import('./tfrecord/write-tfrecord.js')).createTfRecordWriter,
  }),
  openimages: async () => ({
    open: (await import('./openimages/read-openimages.js')).openOpenImages,
    create: (await import('./openimages/write-openimages.js')).createOpenImagesWriter,
  }),
  darkroom: async () => ({
    open: (await import('./darkroom/read-darkroom.js')).openDarkroom,
    create: (await import('./darkroom/write-darkroom.js')).createDarkroomWriter,
  }),
};
