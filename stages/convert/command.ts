import { defineCommand } from '../../pipeline/stage/command.js';
import { convertOptions } from './options.js';

/** `pipeline convert`: from each format that we read to each that we write, images included. */
export const convertCommand = defineCommand({
  words: '',
  wordsHelp: 'none; what is read and written is said by options',
  options: convertOptions,
  run: async (words, wanted, host) => {
    const { convert } = await import('./convert.js');
    return convert(words, wanted, host);
  },
});
