import { pathWords } from '../../charts/statePath.ts';
import type { ConnectedEvent } from '../../protocol/connections.ts';
import { nameOf, snapshotBefore, statesBefore } from './actors.ts';

/** When an event was sent, by the clock of its application. */
export function clockOf({ createdAt }: ConnectedEvent): string {
  const date = new Date(Number(createdAt));
  return Number.isNaN(date.getTime()) ? createdAt : date.toISOString().slice(11, 23);
}

/** The states that an actor came into with a snapshot: with its first one all. */
function entered({ sessionId, ...event }: ConnectedEvent, index: number): string[] {
  const isFirst = event.type === '@xstate.snapshot' && event.event.type === 'xstate.init';
  const before = new Set(isFirst ? [] : statesBefore(sessionId, index));
  return statesBefore(sessionId, index + 1).filter((path) => !before.has(path));
}

/** What became of an actor, in words: the states that it came into, or that it stayed as it was. */
export function becameWords(event: ConnectedEvent, index: number): string {
  const states = entered(event, index).map(pathWords);
  if (states.length > 0) return states.join(', ');
  const [was, is] = [snapshotBefore(event.sessionId, index), snapshotBefore(event.sessionId, index + 1)];
  if (is?.status !== undefined && is.status !== was?.status && is.status !== 'active') return is.status;
  return JSON.stringify(was?.context) === JSON.stringify(is?.context) ? 'unchanged' : 'changed context';
}

/** An event in one line. */
export function eventWords(event: ConnectedEvent, index: number): string {
  if (event.type === '@xstate.event')
    return `${nameOf(event.sourceId)} → ${nameOf(event.sessionId)}: ${event.event.type}`;
  if (event.type === '@xstate.actor') return event.name;
  return `${nameOf(event.sessionId)}: ${becameWords(event, index)}`;
}
