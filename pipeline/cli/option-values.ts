import { InvalidArgumentError } from 'commander';

/** A count, from 1 on. @throws InvalidArgumentError for what is none */
export function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It takes a whole number from 1 on.');
  return number;
}

/** `0,2`: numbers of GPUs, each once. @throws InvalidArgumentError for what are none */
export function gpuNumbers(text: string): readonly number[] {
  const words = text.split(',').map((word) => word.trim());
  if (!words.every((word) => /^\d+$/.test(word)))
    throw new InvalidArgumentError('It takes numbers of GPUs with commas between them, as in 0,2.');
  return [...new Set(words.map(Number))].sort((a, b) => a - b);
}

/** A port, or 0 for any that is free. @throws InvalidArgumentError for what is none */
export function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError('It takes a number from 0 (any that is free) to 65535.');
  return number;
}
