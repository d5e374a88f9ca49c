// Runs the built command again and again in one process: to load it takes longer than most of what it is asked for. Each run
// evaluates main.js anew, with its own arguments and output; what main.js imports is loaded once, and so is what its threads import.
import { createReadStream, openSync, writeSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import './oneCore.js';
import { keepThreads } from './keptThreads.js';

const [, , requests, answers, mainFile] = process.argv;
const main = pathToFileURL(mainFile).href;
keepThreads(mainFile);
/** A net for a run that waits for what never comes; a process of its own would end there. */
const patienceMs = 300_000;
const { exit } = process;
const { stdout, stderr } = process;
const complain = stderr.write.bind(stderr);

/** How a run ends that calls process.exit. */
class Exit extends Error {}

/** Whoever listens to this process and its output. A run expects that they end with it. */
const listeners = () =>
  [process, stdout, stderr].flatMap((emitter) =>
    emitter.eventNames().flatMap((event) => emitter.listeners(event).map((listener) => ({ emitter, event, listener }))),
  );

function run(args, index) {
  const before = new Set(listeners().map(({ listener }) => listener));
  const added = () => listeners().filter(({ listener }) => !before.has(listener));
  const printed = { stdout: '', stderr: '' };
  let isOver = false;
  return new Promise((resolve) => {
    const end = (code) => {
      if (isOver) return;
      clearTimeout(waiting);
      process.exitCode = code ?? process.exitCode ?? 0;
      for (const { event, listener } of added()) if (event === 'exit') listener(process.exitCode);
      isOver = true;
      for (const { emitter, event, listener } of added()) emitter.off(event, listener);
      resolve({ status: process.exitCode, ...printed });
    };
    const waiting = setTimeout(() => {
      printed.stderr += 'the run has not ended';
      end(70);
    }, patienceMs);
    for (const name of ['stdout', 'stderr'])
      process[name].write = (text) => {
        if (!isOver) printed[name] += text;
        return true;
      };
    process.exit = (code) => {
      end(code);
      throw new Exit();
    };
    process.exitCode = undefined;
    process.argv = [process.execPath, mainFile, ...args];
    import(`${main}?run=${index}`).then(
      () => end(),
      (error) => {
        printed.stderr += error.stack;
        end(70);
      },
    );
  });
}

process.on('uncaughtException', (error) => {
  if (error instanceof Exit) return;
  complain(`${error?.stack ?? error}\n`);
  exit(70);
});

// Each end of a pipe waits for the other one: in the order in which they are opened there.
const lines = createInterface({ input: createReadStream('', { fd: openSync(requests, 'r') }) });
const answer = openSync(answers, 'w');
let runs = 0;
for await (const line of lines) {
  const { args, env } = JSON.parse(line);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  runs++;
  const told = Buffer.from(`${JSON.stringify(await run(args, runs))}\n`);
  for (let at = 0; at < told.length; ) at += writeSync(answer, told, at);
}
exit(0);
