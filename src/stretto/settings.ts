import type { RegistrationModeName } from '../machines/registrationModes.ts';
import { isPrivateHost } from './privateHost.ts';
import type { Account } from './provisioning.ts';

/**
 * Lifetime of a binding behind an SBC that has recognised a NAT: short, so that refreshes keep the pinhole open.
 * Oracle and snom describe about a minute.
 */
const natBindingMs = 60_000;

/** What an account means for a run. */
export interface PushSettings {
  readonly mode: RegistrationModeName;
  readonly autoSend180: boolean;
  readonly natEmulation: boolean;
  /** The lifetime that the push server asks for, in milliseconds; undefined where the file does not say. */
  readonly registrationRefreshMs: number | undefined;
  /** False where push is switched off: then no push server registers for the account. */
  readonly hasPushServer: boolean;
  /** Whether the push server can reach the SIP server. */
  readonly reachable: boolean;
  /** What the reader of the result should know. */
  readonly notes: readonly string[];
}

/** The ports of SIP over UDP or TCP, and over TLS: each is taken where none is named (RFC 3261 19.1.2). */
const defaultPorts = [5060, 5061];

/** The custom port that the app uses and the push server is not told of; null where there is none. */
export function forgottenPort({ domain, outboundProxy }: Account): number | null {
  const port = domain?.port ?? null;
  const isForgotten = outboundProxy !== undefined && outboundProxy.port === null;
  return port !== null && isForgotten && !defaultPorts.includes(port) ? port : null;
}

/** Why the push server cannot reach the SIP server; null where it can. */
function obstacle(account: Account): string | null {
  const { domain, outboundProxy } = account;
  const target = outboundProxy ?? domain;
  if (target !== undefined && isPrivateHost(target.host)) {
    return outboundProxy === undefined
      ? `${target.host} is private and there is no OutboundProxy`
      : `the OutboundProxy ${target.host} is private`;
  }
  const port = forgottenPort(account);
  return port === null ? null : `the SIP server is on port ${port}, which the OutboundProxy does not name`;
}

/**
 * The settings of an account. The push server takes `OutboundProxy` where it is given, else the domain (product article);
 * that a private address there cannot be reached from the push servers' network follows from it, and that a custom port
 * that is not named there is not used follows from RFC 3263 4.2.
 */
export function settingsOf(account: Account): PushSettings {
  const { enabled, mode, natEmulation, registrationRefreshMs, autoSend180 } = account;
  const unreachable = obstacle(account);
  const notes = [
    ...(enabled === true ? [] : [enabled === false ? pushIsOff : pushIsNotSaid]),
    ...(mode === undefined ? ['no RegistrationMode: no source states the default, so Standard is assumed'] : []),
    ...(unreachable === null ? [] : [`${unreachable}: the push server cannot reach the SIP server`]),
  ];
  return {
    mode: mode ?? 'standard',
    autoSend180: autoSend180 ?? false,
    natEmulation: natEmulation ?? false,
    registrationRefreshMs,
    hasPushServer: enabled !== false,
    reachable: unreachable === null,
    notes,
  };
}

const pushIsOff =
  'push is switched off for this account (bria.push.enabled): no push server registers for it, and the run has none';
const pushIsNotSaid = 'push is not enabled for this account (bria.push.enabled): the run assumes that it is';

/** What an account means that says nothing but that push is on, and that the push server can reach the SIP server. */
export const usualSettings: PushSettings = settingsOf({ account: 1, enabled: true });

/**
 * The lifetime that the push server asks for, in milliseconds. What is configured is what it asks for; `usualMs`, or with
 * NATEmulation that of a binding behind a NAT, only where the file does not say.
 */
export function askedByPushServerMs({ registrationRefreshMs, natEmulation }: PushSettings, usualMs: number): number {
  return registrationRefreshMs ?? (natEmulation ? Math.min(usualMs, natBindingMs) : usualMs);
}
