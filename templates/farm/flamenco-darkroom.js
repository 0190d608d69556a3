// Flamenco's job type for a task of a run: copy this file into the folder `scripts` beside the manager.
/* global author */
// eslint-disable-next-line
const JOB_TYPE = {
  label: 'Darkroom task',
  settings: [
    { key: 'script', type: 'string', required: true, description: 'The script of the submission' },
    { key: 'index', type: 'string', required: true, description: 'Which of its tasks' },
  ],
};

function compileJob(job) {
  const task = author.Task('task', 'misc');
  task.addCommand(author.Command('exec', { exe: job.settings.script, args: [job.settings.index] }));
  job.addTask(task);
}
