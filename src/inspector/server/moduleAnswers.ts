import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ModuleQuestion, ModuleReply } from '../model/module.ts';

/** Whoever has the machines of the module that is inspected. */
export interface ModuleMachines {
  /** Answers what the page asks; whatever goes wrong is said in the answer. `signal` gives it up. */
  answer(question: ModuleQuestion, signal: AbortSignal): Promise<ModuleReply>;
  close(): void;
}

/** No experiment is larger: a plan of a hundred thousand events has 6 MiB. */
const mostBytes = 16 * 2 ** 20;

/** The text of a request; null where it is longer than any question. */
async function textOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Who is cut off in the midst of sending hears no answer.
    if (bytes <= mostBytes) chunks.push(chunk);
  }
  if (bytes > mostBytes) return null;
  return Buffer.concat(chunks).toString();
}

function questionIn(text: string): ModuleQuestion | null {
  try {
    const { name, given } = JSON.parse(text) as Partial<ModuleQuestion>;
    return typeof name === 'string' && Array.isArray(given) ? { name, given } : null;
  } catch {
    return null;
  }
}

/** What is sent as the answer to a question about the module: a status, and a text. */
interface Sent {
  readonly status: 200 | 400 | 413;
  readonly json: string;
}

const refused = (status: 400 | 413, error: string): Sent => ({ status, json: JSON.stringify({ error }) });

/** Answers a question about the module. Whoever asks and goes away wants no answer. */
export async function answerModule(
  machines: ModuleMachines,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Sent> {
  const text = await textOf(request);
  if (text === null) return refused(413, `found a question of more than ${mostBytes / 2 ** 20} MiB`);
  const question = questionIn(text);
  if (question === null) return refused(400, 'found no question; expected JSON with name and given');
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  return { status: 200, json: JSON.stringify(await machines.answer(question, gone.signal)) };
}
