import { batch } from '@preact/signals';
import { seededExperiment } from '../model/experiment.ts';
import { ask, captureReader, scenarioReader } from './ask.ts';
import { chooseCall, showsCapture } from './capture/store.ts';
import { openRecording } from './live/history.ts';
import { showsLive } from './live/store.ts';
import { offer } from './scenarios.ts';
import { boot, comparedSeed, notice, open, servers, tell } from './store.ts';

const mebi = 2 ** 20;
/** A browser can hold a trace of that size, and nobody writes a scenario of that size. */
const [largestTrace, largestScenario] = [200 * mebi, 4 * mebi];

const sizeText = (bytes: number): string =>
  bytes < mebi ? `${Math.ceil(bytes / 1024)} KiB` : `${Math.round(bytes / mebi)} MiB`;

/** The text of a file. An error says that it is too large. */
async function textOf(file: File, most: number, what: string): Promise<string> {
  if (file.size > most) throw new Error(`found ${sizeText(file.size)}; expected ${what} of at most ${sizeText(most)}`);
  return file.text();
}

async function openJson(file: File): Promise<void> {
  const opened = await ask('openedFile', await textOf(file, largestTrace, 'a trace'));
  if (opened.kind === 'applications') {
    openRecording({ file: file.name, events: opened.events, run: null });
    return;
  }
  showsLive.value = false;
  showsCapture.value = false;
  open(opened.experiment, { digest: opened.digest, isFile: true });
}

async function openScenario(file: File): Promise<void> {
  const reader = scenarioReader();
  const text = await textOf(file, largestScenario, 'a scenario');
  const known = Object.fromEntries(servers.value.map((one) => [one.name, one]));
  const own = await reader.ask('scenario', text, file.name, known).finally(() => reader.end());
  batch(() => {
    showsLive.value = false;
    showsCapture.value = false;
    offer(own);
    open(seededExperiment(own.scenario, comparedSeed.value));
  });
}

/** What gives up the reading of a capture that is under way. */
let giveUp = (): void => {};

async function openCapture(file: File): Promise<void> {
  const reader = captureReader();
  giveUp = () => reader.end();
  const reading = `Reading ${file.name}, ${sizeText(file.size)}…`;
  tell(reading);
  const capture = await reader.ask('lostCalls', file).finally(() => reader.end());
  if (capture.calls.length === 0) {
    tell(`${file.name}: ${capture.headline} Only lost calls are shown here; \`ringproof audit\` tells the rest.`);
    return;
  }
  batch(() => {
    showsLive.value = false;
    showsCapture.value = true;
    notice.value = null;
    boot.value = { ...boot.value, capture };
    chooseCall(0);
  });
}

/** Whether bytes are none of a text: captures have zeros near their start, and so has what is packed. */
const isBinary = async (file: File): Promise<boolean> => {
  const start = new Uint8Array(await file.slice(0, 512).arrayBuffer());
  return start.includes(0) || new TextDecoder().decode(start.subarray(0, 4)).includes('\ufffd');
};

async function openAs(file: File): Promise<void> {
  if ((await isBinary(file)) || /\.(pcap|pcapng|cap)(\.gz)?$/i.test(file.name)) return openCapture(file);
  const isYaml = /\.ya?ml$/i.test(file.name);
  const start = (await file.slice(0, 512).text()).trimStart();
  return !isYaml && (start.startsWith('{') || /\.json$/i.test(file.name)) ? openJson(file) : openScenario(file);
}

/** Of a file with a hundred mistakes the first ones are said. */
const mostLines = 6;

function refusal({ name }: File, message: string): string {
  const lines = message.split('\n');
  const told = lines.slice(0, mostLines).join('\n');
  const more = lines.length > mostLines ? `\nand ${lines.length - mostLines} more` : '';
  return message.startsWith(name) ? `${told}${more}` : `${name} cannot be opened: ${told}${more}`;
}

/** Opens a file that somebody has chosen or dropped: a trace, a report, a recording, a scenario or a capture. */
export async function openFile(file: File): Promise<void> {
  giveUp();
  try {
    await openAs(file);
  } catch (error) {
    tell(refusal(file, (error as Error).message));
  }
}
