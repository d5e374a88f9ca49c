import type { ServerProfile } from '../machines/serverProfile.ts';
import type { AttributeName } from './attributes.ts';
import { isPrivateHost } from './privateHost.ts';
import type { Account } from './provisioning.ts';
import { askedByPushServerMs, settingsOf } from './settings.ts';

/** Something to be said about the settings of an account on a server. */
export interface Diagnostic {
  /** `error`: no call comes over push like this. `warning`: it may fail. `note`: what it costs, or what is assumed. */
  readonly severity: 'error' | 'warning' | 'note';
  /** The setting that it is about. */
  readonly attribute: AttributeName;
  readonly says: string;
  /** The value that puts it right, and the account as it is then. */
  readonly fix?: { readonly value: string; readonly apply: (account: Account) => Account };
}

type Rule = (account: Account, server: ServerProfile) => Diagnostic | null;

const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;

/** Product article: the push servers register for the account only where push is on. */
const pushIsOff: Rule = ({ enabled }) =>
  enabled === true
    ? null
    : {
        severity: 'error',
        attribute: 'enabled',
        says: enabled === false ? 'push is switched off for this account' : 'push is not switched on for this account',
        fix: { value: 'true', apply: (account) => ({ ...account, enabled: true }) },
      };

const modeIsNotSaid: Rule = ({ mode }) =>
  mode === undefined
    ? {
        severity: 'warning',
        attribute: 'mode',
        says: 'no RegistrationMode; no source states the default, Standard is assumed',
      }
    : null;

const domainIsNotSaid: Rule = ({ domain }) =>
  domain === undefined
    ? { severity: 'warning', attribute: 'domain', says: 'no credentials.domain: the SIP server is not known' }
    : null;

/** Product article: the push servers take OutboundProxy where the SIP server is in a private network. */
const serverIsPrivate: Rule = ({ domain, outboundProxy }) => {
  const target = outboundProxy ?? domain;
  if (target === undefined || !isPrivateHost(target.host)) return null;
  const what =
    outboundProxy === undefined
      ? `${target.host} is private and there is no OutboundProxy`
      : `the OutboundProxy ${target.host} is itself private`;
  return {
    severity: 'error',
    attribute: 'outboundProxy',
    says: `${what}: the push servers cannot reach the SIP server`,
    fix: {
      value: '<public address of the SIP server>',
      apply: ({ domain: _domain, outboundProxy: _proxy, ...account }) => account,
    },
  };
};

const portsDiffer: Rule = ({ domain, outboundProxy }) => {
  const port = domain?.port ?? null;
  if (port === null || outboundProxy === undefined || outboundProxy.port !== null) return null;
  const { host } = outboundProxy;
  return {
    severity: 'warning',
    attribute: 'outboundProxy',
    says: `the app uses port ${port}, the push server the default port of ${host}: a custom port belongs to both`,
    fix: { value: `${host}:${port}`, apply: (account) => ({ ...account, outboundProxy: { host, port } }) },
  };
};

const proxyIsRedundant: Rule = ({ domain, outboundProxy }) =>
  domain !== undefined && outboundProxy?.host === domain.host && !isPrivateHost(domain.host)
    ? { severity: 'note', attribute: 'outboundProxy', says: 'the OutboundProxy is the domain itself: not needed' }
    : null;

const portIsTls: Rule = ({ domain, outboundProxy }) =>
  (outboundProxy ?? domain)?.port === 5061
    ? { severity: 'note', attribute: 'domain', says: 'port 5061 is SIP over TLS: both sides need that transport' }
    : null;

const refreshIsTooShort: Rule = ({ registrationRefreshMs }, { minimumExpires: { ms, answer } }) => {
  if (registrationRefreshMs === undefined || registrationRefreshMs >= ms) return null;
  const consequence =
    answer === 'raise' ? 'the server raises it' : 'the server answers 423, which costs every hand-over a round trip';
  return {
    severity: answer === 'raise' ? 'note' : 'warning',
    attribute: 'registrationRefreshMs',
    says: `${seconds(registrationRefreshMs)} is less than the ${seconds(ms)} that the server grants at least: ${consequence}`,
    ...(answer !== 'raise' && {
      fix: { value: String(ms / 1000), apply: (account: Account) => ({ ...account, registrationRefreshMs: ms }) },
    }),
  };
};

const refreshIsTooLong: Rule = ({ registrationRefreshMs }, { maximumExpiresMs }) =>
  registrationRefreshMs !== undefined && registrationRefreshMs > maximumExpiresMs
    ? {
        severity: 'note',
        attribute: 'registrationRefreshMs',
        says: `${seconds(registrationRefreshMs)} is more than the ${seconds(maximumExpiresMs)} that the server grants`,
      }
    : null;

/** The lifetime that is asked for where the file says nothing. */
const usualRefreshMs = 600_000;

/** The push server refreshes after 90 % of what it is granted; the SBC must still know its flow then. */
const flowIsForgotten: Rule = (account, { sbc, minimumExpires, maximumExpiresMs }) => {
  if (sbc === null || sbc.flowMs === null) return null;
  const askedMs = askedByPushServerMs(settingsOf(account), usualRefreshMs);
  const refreshMs = Math.min(Math.max(askedMs, minimumExpires.ms), maximumExpiresMs) * 0.9;
  if (refreshMs < sbc.flowMs) return null;
  return {
    severity: 'error',
    attribute: 'natEmulation',
    says: `the push server refreshes after ${seconds(refreshMs)}, but the SBC forgets its flow after ${seconds(sbc.flowMs)}`,
    fix: { value: 'true', apply: (one) => ({ ...one, natEmulation: true }) },
  };
};

const natWithoutSbc: Rule = ({ natEmulation }, { sbc }) =>
  natEmulation === true && sbc === null
    ? {
        severity: 'note',
        attribute: 'natEmulation',
        says: 'there is no SBC in this profile: NATEmulation only makes lifetimes short and REGISTERs frequent',
      }
    : null;

const ringsForNobody: Rule = ({ autoSend180 }) =>
  autoSend180 === true
    ? {
        severity: 'note',
        attribute: 'autoSend180',
        says: 'the caller hears ringing before any phone rings, also where none ever will',
      }
    : null;

/** What a user with a phone on his desk has to know before he gets the app. */
const otherDevices: Rule = (_, { fork, capacity }) => {
  const says =
    capacity === 1
      ? 'the server has room for one binding: another device of the user takes it away or is kept out'
      : fork === 'first'
        ? 'the server calls one contact only: beside another device of the user the app does not ring'
        : null;
  return says === null ? null : { severity: 'note', attribute: 'mode', says };
};

const rules: readonly Rule[] = [
  pushIsOff,
  domainIsNotSaid,
  serverIsPrivate,
  portsDiffer,
  proxyIsRedundant,
  portIsTls,
  modeIsNotSaid,
  refreshIsTooShort,
  refreshIsTooLong,
  flowIsForgotten,
  natWithoutSbc,
  ringsForNobody,
  otherDevices,
];

/** Everything to be said about the settings of an account on a server. */
export const reviewAccount = (account: Account, server: ServerProfile): Diagnostic[] =>
  rules.flatMap((rule) => rule(account, server) ?? []);

/** The account with everything put right that can be. */
export const corrected = (account: Account, diagnostics: readonly Diagnostic[]): Account =>
  diagnostics.reduce((one, { fix }) => fix?.apply(one) ?? one, account);
