import { InputError } from '../sim/input/inputError.ts';

/** Where a queue is. The password is no part of its text. */
export interface QueueAddress {
  /** As it may be shown: without a password. */
  readonly text: string;
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly user: string | undefined;
  readonly database: number;
  readonly password: string | undefined;
}

const usualPort = 6379;
const mostDatabases = 1_000_000;

const example = 'a Redis such as redis://127.0.0.1:6379 or rediss://queue.example.org:6380/0';

/**
 * Reads `redis[s]://[USER@]HOST[:PORT][/DATABASE]`. Throws an InputError for anything else, and for a password in it: others of the
 * machine read the command line, and shells keep it.
 */
export function parseQueueAddress(text: string, password?: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const refuse = (found: string, expected: string): never => {
    throw new InputError({ file: '--queue', problems: [{ line: null, found, expected }] });
  };
  if (url !== undefined && url.password !== '') {
    const without = new URL(text);
    without.password = '';
    return refuse(
      'a password on the command line, where others can read it',
      `--queue ${without} --queue-password-env VARIABLE, with the password in that variable of the environment`,
    );
  }
  if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === '') return refuse(shown(text), example);
  const [, database = '0'] = /^\/?(\d{0,6})$/.exec(url.pathname) ?? refuse(shown(text), example);
  if (url.search !== '' || url.hash !== '') return refuse(shown(text), example);
  return {
    text: url.href,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? usualPort : Number(url.port),
    isTls: url.protocol === 'rediss:',
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    database: Math.min(Number(database || 0), mostDatabases),
    password,
  };
}

/** What is no URL may yet hold a password. */
const shown = (text: string): string => (text.includes('@') ? 'something that cannot be read' : text);
