import { effect } from '@preact/signals';
import { fragmentIn } from '../model/fragment.ts';
import { ask } from './ask.ts';
import { packer, unpacked } from './packing.ts';
import {
  boot,
  close,
  compare,
  comparedName,
  comparedSeed,
  comparedServer,
  digestOf,
  earlier,
  experiment,
  isRunning,
  open,
  step,
  tell,
  trace,
  type Visited,
} from './store.ts';
import { isWide, laneViews, pane, pixelsPerSecond, readView, timeMode, viewText } from './view.ts';

/** So much of the digest tells two runs apart. */
const digestLength = 16;

/** So many changes can be undone after the page was loaded again. */
const mostKept = 100;

/** What an entry of the browser's history has beside its address: the way back, packed. */
interface Kept {
  readonly earlier: string;
}

const [packedRun, packedEarlier] = [packer(), packer()];

async function write(): Promise<void> {
  const [shown, done, at, changes] = [experiment.peek(), trace.peek(), step.peek(), earlier.peek()];
  if (shown === null) {
    replaceHash(`server=${encodeURIComponent(comparedName())}&seed=${comparedSeed.peek()}`, null);
  } else if (done !== null && !isRunning.peek()) {
    const text = await packedRun(shown, async () => ({
      experiment: shown,
      digest: (await digestOf(shown)).slice(0, digestLength),
    }));
    const kept =
      changes.length === 0 ? null : { earlier: await packedEarlier(changes, async () => changes.slice(-mostKept)) };
    if (experiment.peek() === shown && step.peek() === at) replaceHash(`step=${at}&${viewText()}run=${text}`, kept);
  }
}

/** Whether the address before the `#` ends with the server, or is a file of this machine: nobody else can open it. */
const isOfThisMachine = (): boolean =>
  location.protocol === 'file:' || ['127.0.0.1', 'localhost'].includes(location.hostname);

/** A link to the run as it is shown now, for whoever has any inspector. */
export async function linkNow(): Promise<string> {
  await write();
  return isOfThisMachine() ? location.hash : location.href;
}

/** Opening a run can be gone back from; moving in it cannot. */
function replaceHash(text: string, kept: Kept | null): void {
  const isOther = text.startsWith('step=') !== location.hash.startsWith('#step=');
  if (`#${text}` === location.hash) return;
  if (isOther && location.hash !== '') history.pushState(kept, '', `#${text}`);
  else history.replaceState(kept, '', `#${text}`);
}

/** The way back that the browser has kept with the address. */
async function keptEarlier(): Promise<readonly Visited[]> {
  const kept = history.state as Partial<Kept> | null;
  if (typeof kept?.earlier !== 'string') return [];
  return (await unpacked(kept.earlier).catch(() => [])) as readonly Visited[];
}

/** What came of an address: whether it opened something, and what is wrong with it, for the reader. */
interface Said {
  readonly isOpened: boolean;
  readonly wrong?: string;
}

/** A whole number from an address; 0 for anything else. */
const wholeIn = (text: string | null): number => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : 0);

/** Opens what the address says. */
async function read(): Promise<Said> {
  const said = new URLSearchParams(location.hash.slice(1));
  const run = said.get('run');
  if (run !== null) {
    const content = await unpacked(run).catch(() => undefined);
    if (content === undefined) return { isOpened: false, wrong: 'This link is damaged.' };
    try {
      const found = await ask('linked', content);
      const { module } = boot.peek();
      const wanted = found.experiment.module;
      if (wanted !== undefined && wanted.file !== module?.file) {
        const here = module === null ? 'no module' : module.file;
        return {
          isOpened: false,
          wrong: `This link is a run of ${wanted.file}, and there is ${here} here: \`ringproof inspect ${wanted.file} LINK\` opens it.`,
        };
      }
      const isOther = wanted?.digest !== module?.digest;
      const linked = wanted && module ? { ...found.experiment, module } : found.experiment;
      const { digest } = found;
      readView(said);
      open(linked, { step: wholeIn(said.get('step')), digest, earlier: await keptEarlier() });
      if (wanted === undefined || !isOther) return { isOpened: true };
      const wrong = `${wanted.file} was ${wanted.digest} when this link was made and is ${module?.digest}: this is the run of its machines as they are now.`;
      return { isOpened: true, wrong };
    } catch (error) {
      return { isOpened: false, wrong: `This link is none of this release: ${(error as Error).message}` };
    }
  }
  const server = said.get('server');
  if (server === null && location.hash.length > 1) {
    return { isOpened: false, wrong: 'This link holds no run: it has neither run= nor server=.' };
  }
  if (server === null) return { isOpened: false };
  const isKnown = compare(server, Number(said.get('seed')) || 1);
  close();
  if (isKnown) return { isOpened: true };
  const wrong = `This link names a server that is not known here, ${server}; what is shown is ${comparedName()}.`;
  return { isOpened: true, wrong };
}

/** Opens what the address says; where it says nothing that can be read, something else. */
async function follow(otherwise: () => void): Promise<void> {
  const { isOpened, wrong } = await read();
  if (!isOpened) otherwise();
  // Last, for whatever is opened takes the notice away.
  if (wrong !== undefined) tell(wrong);
}

/** Keeps address and page the same. `otherwise` opens what the page was started with. */
export async function keepLinked(otherwise: () => void): Promise<void> {
  await follow(otherwise);
  addEventListener('popstate', () => void follow(() => {}));
  addEventListener('paste', ({ target, clipboardData }) => {
    const fragment = fragmentIn(clipboardData?.getData('text') ?? '');
    if (fragment !== null && !(target instanceof HTMLInputElement)) location.hash = fragment;
  });
  let due = 0;
  effect(() => {
    for (const one of [
      experiment,
      isRunning,
      trace,
      step,
      comparedServer,
      comparedSeed,
      laneViews,
      timeMode,
      pixelsPerSecond,
      isWide,
      pane,
    ]) {
      one.value;
    }
    clearTimeout(due);
    // An address that changes with every frame is refused by browsers.
    due = setTimeout(() => void write(), 120);
  });
}
