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

const [registering, layingOut] = [0, 1];

const layouter = 'elk-worker.js';

/** Lays out a graph in a worker of its own, which comes from our server or from beside the page as soon as one is needed. */
export async function laidOut(graph: ElkNode): Promise<ElkNode> {
  const worker = new Worker(isOneFile() ? blobUrl(await partBeside(layouter)) : layouter);
  return new Promise<ElkNode>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(why));
    setTimeout(() => fail(`its layout takes longer than ${patienceMs / 1000} s`), patienceMs);
    worker.addEventListener('error', () => fail('the layout could not be loaded'));
    worker.addEventListener('message', ({ data: { id, data, error } }: MessageEvent<Answer>) => {
      if (error !== undefined) fail(error.message ?? 'it has no layout');
      else if (id === layingOut && data !== undefined) resolve(data);
    });
    worker.postMessage({ id: registering, cmd: 'register', algorithms: ['layered'] });
    worker.postMessage({ id: layingOut, cmd: 'layout', graph, layoutOptions: {}, options: {} });
  }).finally(() => worker.terminate());
}

/** The picture of the machine that a definition describes. */
export async function drawingOfDefinition(definition: string): Promise<Drawing> {
  const graph = await ask('graph', definition);
  return ask('drawing', definition, await laidOut(graph));
}
