/** How Blender is always started: nothing of the user's own set-up, no sound, no scripts out of .blend files. */
export const blenderArguments = [
  '-b',
  '-noaudio',
  '--factory-startup',
  '--disable-autoexec',
  '--python-exit-code',
  '3',
] as const;

const passedOn =
  /^(PATH|HOME|LD_LIBRARY_PATH|DISPLAY|XDG_RUNTIME_DIR|BLENDER_.*|CUDA_.*|NVIDIA_.*|HIP_.*|ROCR_.*)$/;

/** What of this process's environment Blender gets to see. */
export function blenderEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  temporaryDirectory?: string,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && passedOn.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    LANG: 'C.UTF-8',
    ...(temporaryDirectory === undefined ? {} : { TMPDIR: temporaryDirectory }),
  };
}
