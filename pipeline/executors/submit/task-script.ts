import { shellQuoted } from '../farm/worker-script.js';

/**
 * What a node runs for the tasks of a submission where the engine keeps neither logs in our folder nor a job's end:
 * the program, with what it prints in the task's log, signals passed on, and `<index>/exit` when it has ended.
 */
export function taskScript(program: readonly string[], directory: string): string {
  const words = [...program, 'worker', directory].map(shellQuoted).join(' ');
  return `#!/bin/sh
cd ${shellQuoted(directory)} || exit 1
exec >>"log-$1.txt" 2>&1
${words} "$1" &
child=$!
trap 'kill -TERM $child' TERM INT HUP
trap 'kill -USR2 $child' USR2
while :; do
  wait $child
  code=$?
  kill -0 $child 2>/dev/null || break
done
echo $code >"$1/exit.new" && mv "$1/exit.new" "$1/exit"
exit $code
`;
}
