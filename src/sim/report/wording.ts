import type { Side } from '../../machines/messages.ts';
import type { TraceBody } from '../trace/trace.ts';
import { isOfSystem, laneTitle, type Registered, type Standing } from './lanes.ts';
import type { Hidden, IdleRow, MessageRow, RepeatsRow } from './rows.ts';

/** A message with its remarks, in one line. */
export const fullLabel = ({ label, remarks }: MessageRow<string>): string =>
  remarks.length === 0 ? label : `${label} (${remarks.join(', ')})`;

const counted = (count: number, noun: string) => (count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`]);

/** What is hidden, as `9 heartbeats and 2 timers`; empty where nothing is. */
export function hiddenText(hidden: readonly Hidden[]): string {
  const heartbeats = hidden.filter(({ what }) => what === 'heartbeat').length;
  return [...counted(heartbeats, 'heartbeat'), ...counted(hidden.length - heartbeats, 'timer')].join(' and ');
}

/** 271,000 ms as `4 min 31 s`, 5,450 ms as `5.5 s`. */
export function spokenDuration(ms: number): string {
  if (ms < 9_950) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** The text of a fold. */
export function idleText({ forMs, hidden }: IdleRow): string {
  const rest = hiddenText(hidden);
  return `${spokenDuration(forMs)} idle${rest === '' ? '' : ` but for ${rest}`}`;
}

/** A date of the run as people write it. */
export const secondsText = (ms: number): string => (ms / 1000).toFixed(3);

/** The text in place of retransmissions that are not drawn. */
export function repeatsText({ messages, atMs }: RepeatsRow<string>): string {
  const count = messages.length;
  return `${count} more retransmission${count === 1 ? '' : 's'} of ${messages[0]?.label} until ${secondsText(atMs)}`;
}

/** Who is registered, in words. */
const registeredWords: Readonly<Record<Registered, string>> = {
  app: 'app',
  pushServer: 'push server',
  both: 'app and push server',
  nobody: 'nobody',
  unknown: 'not known',
};

/** Who is registered at a moment of a run, in words: which of the phones, where there are several. */
export const registeredText = ({ registered, sides }: Standing): string =>
  sides === undefined || sides.length === 0 ? registeredWords[registered] : sides.map(sideWords).join(' and ');

const sideWords = (side: Side): string => laneTitle(side).replace(/^(App|Push)/, (word) => word.toLowerCase());

/** What run this is: what a reader needs to run it again. */
export function runTitle({ scenario, seed }: TraceBody): string {
  const place = isOfSystem({ scenario }) ? '' : `: ${scenario.mode.title} on ${scenario.server.name}`;
  return `${scenario.title}${place}${seed === null ? '' : `, seed ${seed}`}`;
}
