import { isBehindNat, type ServerProfile } from '../machines/serverProfile.ts';
import type { AttributeName } from './attributes.ts';
import { isPrivateHost } from './privateHost.ts';
import type { Account } from './provisioning.ts';
import { askedByPushServerMs, forgottenPort, settingsOf } from './settings.ts';

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

/** Where push may still be switched on, or why it is not. */
function whyPushIsOff({ enabled, isDesktop, missingProfile }: Account): string {
  if (enabled === false) {
    return 'push is switched off for this account: no push server registers for it, and calls reach the app only while it runs';
  }
  if (isDesktop) return 'push is not switched on: the settings of the desktop softphone know none, those of Stretto do';
  return `push is not switched on for this account${unlessProfile(missingProfile)}`;
}

/** What a user does not say himself, his profile may say. */
const unlessProfile = (missing: string | undefined): string =>
  missing === undefined ? '' : `, unless by the profile ${missing}, which is not in this file`;

/** Product article: the push servers register for the account only where push is on. */
const pushIsOff: Rule = (account) =>
  account.enabled === true
    ? null
    : {
        severity: account.enabled === undefined && account.missingProfile !== undefined ? 'warning' : 'error',
        attribute: 'enabled',
        says: whyPushIsOff(account),
        fix: { value: 'true', apply: (one) => ({ ...one, enabled: true }) },
      };

const accountIsOff: Rule = ({ active }) =>
  active === false
    ? {
        severity: 'error',
        attribute: 'active',
        says: 'the account itself is switched off: nobody registers for it',
        fix: { value: 'true', apply: (account) => ({ ...account, active: true }) },
      }
    : null;

const modeIsNotSaid: Rule = ({ mode, missingProfile }) =>
  mode === undefined
    ? {
        severity: 'warning',
        attribute: 'mode',
        says: `no RegistrationMode${unlessProfile(missingProfile)}; no source states the default, Standard is assumed`,
      }
    : null;

const domainIsNotSaid: Rule = ({ domain, missingProfile }) =>
  domain === undefined
    ? {
        severity: 'warning',
        attribute: 'domain',
        says: `no credentials.domain and no domain${unlessProfile(missingProfile)}: the SIP server is not known`,
      }
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

/** Product article: a custom port is appended to the domain and to OutboundProxy alike. */
const portIsForgotten: Rule = (account) => {
  const port = forgottenPort(account);
  const { outboundProxy } = account;
  if (port === null || outboundProxy === undefined) return null;
  const { host } = outboundProxy;
  return {
    severity: 'error',
    attribute: 'outboundProxy',
    says:
      `the app uses port ${port}, but OutboundProxy names none: the push server takes the default port of ${host} ` +
      '(RFC 3263 4.2) and does not reach the SIP server, unless an SRV record or a port forwarding leads there',
    fix: { value: `${host}:${port}`, apply: (one) => ({ ...one, outboundProxy: { host, port } }) },
  };
};

/** The outbound proxy of the app is none of the push server's settings. */
const appHasProxy: Rule = ({ appProxy, outboundProxy }) =>
  appProxy === undefined || outboundProxy !== undefined
    ? null
    : {
        severity: 'note',
        attribute: 'appProxy',
        says: 'this outbound proxy is for the app alone: the push server takes briaPush.OutboundProxy, else the domain',
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

/** The push server refreshes after 90 % of what it is granted. */
const refreshedAfterMs = (account: Account, { minimumExpires, maximumExpiresMs }: ServerProfile): number => {
  const askedMs = askedByPushServerMs(settingsOf(account), usualRefreshMs);
  return Math.min(Math.max(askedMs, minimumExpires.ms), maximumExpiresMs) * 0.9;
};

/** The SBC must still know its flow when the push server refreshes. What is configured stays until it is changed there. */
const flowIsForgotten: Rule = (account, server) => {
  const flowMs = server.sbc?.flowMs ?? null;
  const refreshMs = refreshedAfterMs(account, server);
  const { natEmulation } = settingsOf(account);
  const isReachedByFlow = isBehindNat({ sbc: server.sbc, natEmulation }, 'pushServer');
  if (flowMs === null || !isReachedByFlow || refreshMs < flowMs) return null;
  const isConfigured = account.registrationRefreshMs !== undefined;
  const apply = (one: Account): Account =>
    isConfigured ? { ...one, registrationRefreshMs: 60_000 } : { ...one, natEmulation: true };
  return {
    severity: 'error',
    attribute: isConfigured ? 'registrationRefreshMs' : 'natEmulation',
    says: `the push server refreshes after ${seconds(refreshMs)}, but the SBC forgets its flow after ${seconds(flowMs)}`,
    ...(refreshedAfterMs(apply(account), server) < flowMs && { fix: { value: isConfigured ? '60' : 'true', apply } }),
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
  accountIsOff,
  pushIsOff,
  domainIsNotSaid,
  serverIsPrivate,
  portIsForgotten,
  appHasProxy,
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
