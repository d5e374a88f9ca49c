import { InvalidArgumentError, Option } from 'commander';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { formatDuration, parseDurationMs } from '../sim/data/duration.ts';
import { parseProfile, words } from './options.ts';

/** What of a fleet is restarted, and when: minutes from midnight. */
export interface Restart {
  readonly what: 'push-server' | 'sip-server';
  readonly atMinute: number;
}

export const dateText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** `push-server@09:30`. */
function parseRestart(text: string): Restart {
  const match = /^(push-server|sip-server)@([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('expected push-server@HH:MM or sip-server@HH:MM');
  const [, what, hour, minute] = match;
  return { what: what as Restart['what'], atMinute: Number(hour) * 60 + Number(minute) };
}

const longestJitterMs = 3_600_000;

/** A duration of at most an hour. */
function parseJitter(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null || ms > longestJitterMs)
    throw new InvalidArgumentError(`expected a duration with its unit, at most ${formatDuration(longestJitterMs)}`);
  return ms;
}

export const restartOption = () =>
  new Option('--restart <what@when>', 'restart a server: push-server@HH:MM or sip-server@HH:MM').argParser(
    parseRestart,
  );

export const jitterOption = () =>
  new Option(
    '--jitter <duration>',
    'over how long a restarted push server brings its accounts back (default: all at once)',
  ).argParser(parseJitter);

/** Several profiles, joined by commas. */
export const profilesOption = () =>
  new Option('-p, --profile <names>', 'server profiles, joined by commas (see `ringproof profiles`)').argParser(
    (text: string): ServerProfile[] => words(text).map(parseProfile),
  );
