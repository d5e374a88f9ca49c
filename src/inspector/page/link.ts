import { effect } from '@preact/signals';
import type { Experiment } from '../model/experiment.ts';
import { close, compare, comparedSeed, comparedServer, experiment, open, step, tell, trace } from './store.ts';
import { isWide, laneViews, pixelsPerSecond, readView, timeMode, viewText } from './view.ts';

/** What a link holds: the run with all it follows from, and how it came out where the link was made. */
interface Linked {
  readonly experiment: Experiment;
  readonly digest: string;
}

/** So much of the digest tells two runs apart. */
const digestLength = 16;

async function through(bytes: Uint8Array<ArrayBuffer>, stream: ReadableWritablePair<Uint8Array, BufferSource>) {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}

/** A value as the part of a URL. */
async function packed(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const small = await through(bytes, new CompressionStream('deflate-raw'));
  let binary = '';
  for (const byte of small) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

async function unpacked(text: string): Promise<unknown> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (one) => one.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(await through(bytes, new DecompressionStream('deflate-raw'))));
}

const isLinked = (value: unknown): value is Linked => {
  const { experiment: shown, digest } = (value ?? {}) as Partial<Linked>;
  return typeof digest === 'string' && typeof shown?.seed === 'number' && Array.isArray(shown.scenario?.steps);
};

/** The run as it was last written into the address, to be left alone while only the step changes. */
let written: { readonly of: unknown; readonly text: string } | null = null;

async function runText(shown: Experiment, digest: string): Promise<string> {
  if (written?.of !== shown) written = { of: shown, text: await packed({ experiment: shown, digest }) };
  return written.text;
}

async function write(): Promise<void> {
  const [shown, done, at] = [experiment.peek(), trace.peek(), step.peek()];
  if (shown === null) {
    replaceHash(`server=${encodeURIComponent(comparedServer.peek().name)}&seed=${comparedSeed.peek()}`);
  } else if (done !== null) {
    const text = await runText(shown, done.digest.slice(0, digestLength));
    if (experiment.peek() === shown && step.peek() === at) replaceHash(`step=${at}&${viewText()}run=${text}`);
  }
}

/** The address of the run as it is shown now. */
export async function linkNow(): Promise<string> {
  await write();
  return location.href;
}

/** Opening a run can be gone back from; moving in it cannot. */
function replaceHash(text: string): void {
  const isOther = text.startsWith('step=') !== location.hash.startsWith('#step=');
  if (`#${text}` === location.hash) return;
  if (isOther && location.hash !== '') history.pushState(null, '', `#${text}`);
  else history.replaceState(null, '', `#${text}`);
}

/** What came of an address: whether it opened something, and what is wrong with it, for the reader. */
interface Said {
  readonly isOpened: boolean;
  readonly wrong?: string;
}

/** Opens what the address says. */
async function read(): Promise<Said> {
  const said = new URLSearchParams(location.hash.slice(1));
  const run = said.get('run');
  if (run !== null) {
    try {
      const linked = await unpacked(run);
      if (!isLinked(linked)) throw new Error('there is no run in it');
      readView(said);
      open(linked.experiment, { step: Number(said.get('step') ?? 0), digest: linked.digest });
      return { isOpened: true };
    } catch {
      return { isOpened: false, wrong: 'This link is broken: a part of it is missing.' };
    }
  }
  const server = said.get('server');
  if (server === null) return { isOpened: false };
  const isKnown = compare(server, Number(said.get('seed')) || 1);
  close();
  if (isKnown) return { isOpened: true };
  const wrong = `This link names a server that is not known here, ${server}; what is shown is ${comparedServer.value.name}.`;
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
  let due = 0;
  effect(() => {
    for (const one of [
      experiment,
      trace,
      step,
      comparedServer,
      comparedSeed,
      laneViews,
      timeMode,
      pixelsPerSecond,
      isWide,
    ]) {
      one.value;
    }
    clearTimeout(due);
    // An address that changes with every frame is refused by browsers.
    due = setTimeout(() => void write(), 120);
  });
}
