import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { Drawing } from '../../charts/chart.ts';
import { ask } from '../ask.ts';
import { blobUrl, isOneFile, partBeside } from '../parts.ts';

/** Who has not got a layout after so long gets none: the machine is listed instead. */
const patienceMs = 20_000;

/** What elk's worker answers. */
interface Answer {
  readonly id: number;
  readonly data?: ElkNode;
  readonly error?: { readonly message?: string };
}

const registering = 0;
const layingOut = 1;

const layouter = 'elk-worker.js';

/** To read its own programme takes elk longer than most layouts: its worker stays for the next one, unless it fails. */
let kept: Worker | null = null;

async function elkWorker(): Promise<Worker> {
  if (kept !== null) return kept;
  const worker = new Worker(isOneFile() ? blobUrl(await partBeside(layouter)) : layouter);
  worker.postMessage({ id: registering, cmd: 'register', algorithms: ['layered'] });
  kept = worker;
  return worker;
}

async function layOut(graph: ElkNode): Promise<ElkNode> {
  const worker = await elkWorker();
  return new Promise<ElkNode>((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(late);
      worker.terminate();
      kept = null;
      reject(new Error(why));
    };
    const late = setTimeout(fail, patienceMs, `it takes more than ${patienceMs / 1000} s`);
    // One layout at a time: these take the place of those of the last one.
    worker.onerror = () => fail('the layout could not be loaded');
    worker.onmessage = ({ data: { id, data, error } }: MessageEvent<Answer>) => {
      if (error !== undefined) fail(error.message ?? 'no layout');
      if (id !== layingOut || data === undefined) return;
      clearTimeout(late);
      resolve(data);
    };
    worker.postMessage({ id: layingOut, cmd: 'layout', graph, layoutOptions: {}, options: {} });
  });
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Lays out a graph, one after the other, in a worker of elk's, which comes from our server or from beside the page as soon as it
 * is needed.
 */
export function laidOut(graph: ElkNode): Promise<ElkNode> {
  const found = last.then(() => layOut(graph));
  last = found.catch(() => {});
  return found;
}

/** The picture of the machine that a definition describes. */
export async function drawingOfDefinition(definition: string): Promise<Drawing> {
  const graph = await ask('graph', definition);
  return ask('drawing', definition, await laidOut(graph));
}
