import { setTimeout as pause } from 'node:timers/promises';
import { documentOf, readMessage, type Side } from './controlMessages.ts';
import { type Counterpart, Inbox } from './counterpart.ts';
import type { Numbered } from './mailbox.ts';

/** How long a question waits for something to be said, and how long until the next where no run goes on yet. */
const waitMs = 5_000;
const retryMs = 20;

/** Talks to the other side where that is the one which listens: another Ringproof, or whatever speaks the same interface. */
export function controlClient(url: URL, side: Side) {
  return (user: string, signal: AbortSignal): Counterpart => {
    const address = new URL(`/accounts/${encodeURIComponent(user)}/messages`, url);
    const inbox = new Inbox();
    const ended = new AbortController();
    const stop = AbortSignal.any([signal, ended.signal]);
    let posting: Promise<unknown> = Promise.resolve();
    return {
      isThere: waitFor(address, stop).then((isThere) => {
        if (isThere) void askOn(address, side, inbox, stop);
        return isThere;
      }),
      problems: inbox.problems,
      tell: (message, uriOf) => {
        const body = JSON.stringify(documentOf(message, uriOf));
        const headers = { 'Content-Type': 'application/json' };
        // In order: one after the other.
        posting = posting.then(() => post(address, body, headers, inbox, stop));
      },
      listen: (receiver) => inbox.listen(receiver),
      close: () => ended.abort(),
    };
  };
}

/** Posts a message; that the other side does not take it is a problem, that it has gone is none. */
async function post(address: URL, body: string, headers: Record<string, string>, inbox: Inbox, signal: AbortSignal) {
  const answer = await fetch(address, { method: 'POST', headers, body, signal }).catch(() => null);
  if (answer !== null && !answer.ok) inbox.take({ problem: `${answer.status} to ${body}` });
}

/** Asks until the other side's run goes on too. */
async function waitFor(address: URL, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const answer = await fetch(address, { signal }).catch(() => null);
    if (answer?.ok) return true;
    await pause(retryMs, undefined, { signal }).catch(() => {});
  }
  return false;
}

async function askOn(address: URL, side: Side, inbox: Inbox, signal: AbortSignal): Promise<void> {
  let after = 0;
  while (!signal.aborted) {
    const answer = await fetch(new URL(`?after=${after}&waitMs=${waitMs}`, address), { signal }).catch(() => null);
    if (!answer?.ok) {
      await pause(retryMs, undefined, { signal }).catch(() => {});
      continue;
    }
    const { messages } = (await answer.json().catch(() => ({ messages: [] }))) as { messages: readonly Numbered[] };
    for (const { number, message } of messages) {
      after = number;
      inbox.take(readMessage(message, side));
    }
  }
}
