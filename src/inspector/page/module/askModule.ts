import { signal } from '@preact/signals';
import type { ModuleName } from '../../model/experiment.ts';
import { type ModuleQuestion, type ModuleReply, moduleAddress } from '../../model/module.ts';

/** The module as it was when the server answered last; null before that. */
export const moduleNow = signal<ModuleName | null>(null);

/** What was wrong with the module or the server when it was asked last; null where nothing was. */
export const moduleFault = signal<string | null>(null);

/** Asks the server, which has the machines of the module. An error says what is wrong with the module or its machines. */
export async function askModule(name: string, given: readonly unknown[], signal?: AbortSignal): Promise<unknown> {
  try {
    const reply = await answered(name, given, signal);
    moduleFault.value = null;
    moduleNow.value = reply.module;
    return reply.value;
  } catch (error) {
    if (!signal?.aborted) moduleFault.value = (error as Error).message;
    throw error;
  }
}

async function answered(name: string, given: readonly unknown[], signal?: AbortSignal) {
  const response = await fetch(moduleAddress, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, given } satisfies ModuleQuestion),
    ...(signal && { signal }),
  }).catch(() => {
    throw new Error('ringproof inspect has ended: start it again, and paste this link');
  });
  const reply = (await response.json()) as ModuleReply;
  if ('error' in reply) throw new Error(reply.error);
  return reply;
}
