import { type Account, addressOfRecord } from '../sip/account.ts';
import { isSipUri, parseUri } from '../sip/message/uri.ts';
import type { Remote } from '../sip/transports/transport.ts';
import { refuse } from './files.ts';
import { passwordFrom, uriHost } from './liveOptions.ts';

/** What the user says of accounts; passwords only by where they are. */
export interface CallingOptions {
  readonly user: string;
  readonly domain?: string;
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
  readonly caller?: string;
  readonly callerPasswordEnv?: string;
  readonly callerPasswordFile?: string;
  readonly callTo?: string;
}

/** Who calls, and what is dialled. */
export interface Calling {
  readonly account: Account;
  readonly caller: Account;
  readonly callee: string;
}

/** What `--call-to` says: a URI as it is, a name or a number in the domain of the account. */
function calleeFrom(callTo: string | undefined, account: Account): string {
  if (callTo === undefined) return addressOfRecord(account);
  const text = /^sips?:/i.test(callTo) ? callTo : `sip:${callTo}@${account.domain}`;
  const uri = parseUri(text);
  if (uri === undefined || !isSipUri(uri) || uri.user === undefined || /\s/.test(text))
    refuse(
      `--call-to ${callTo}`,
      'nothing that can be dialled',
      'a number, a name or a URI such as sip:100@example.org',
    );
  return text;
}

/** Whose account is probed and who calls it, as the command line says. */
export function callingFrom(server: Remote, options: CallingOptions): Calling {
  const { user, caller, callTo } = options;
  const domain = uriHost(options.domain ?? server.host);
  const account = { user, domain, password: passwordFrom(options) };
  const own = { passwordEnv: options.callerPasswordEnv, passwordFile: options.callerPasswordFile };
  const callerPassword = passwordFrom(own, 'caller-');
  return {
    account,
    caller: caller === undefined ? account : { user: caller, domain, password: callerPassword },
    callee: calleeFrom(callTo, account),
  };
}
