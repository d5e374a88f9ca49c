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
  /** Whether the push server can reach the SIP server. */
  readonly reachable: boolean;
  /** What the reader of the result should know. */
  readonly notes: readonly string[];
}

/**
 * The settings of an account. The push server takes `OutboundProxy` where it is given, else `credentials.domain`
 * (product article); that a private address there cannot be reached from the push servers' network follows from it.
 */
export function settingsOf(account: Account): PushSettings {
  const { enabled, mode, domain, outboundProxy, natEmulation, registrationRefreshMs, autoSend180 } = account;
  const target = outboundProxy ?? domain;
  const reachable = target === undefined || !isPrivateHost(target.host);
  const notes = [
    ...(enabled === true
      ? []
      : ['push is not enabled for this account (bria.push.enabled): the run assumes that it is']),
    ...(mode === undefined ? ['no RegistrationMode: no source states the default, so Standard is assumed'] : []),
    ...(reachable
      ? []
      : [
          outboundProxy === undefined
            ? `${target?.host} is private and there is no OutboundProxy: the push server cannot reach the SIP server`
            : `the OutboundProxy ${target?.host} is private: the push server cannot reach the SIP server`,
        ]),
  ];
  return {
    mode: mode ?? 'standard',
    autoSend180: autoSend180 ?? false,
    natEmulation: natEmulation ?? false,
    registrationRefreshMs,
    reachable,
    notes,
  };
}

/** What an account means that says nothing but that push is on, and that the push server can reach the SIP server. */
export const usualSettings: PushSettings = settingsOf({ account: 1, enabled: true });

/** The lifetime that the push server asks for, in milliseconds; `usualMs` where the file does not say. */
export function askedByPushServerMs({ registrationRefreshMs, natEmulation }: PushSettings, usualMs: number): number {
  const asked = registrationRefreshMs ?? usualMs;
  return natEmulation ? Math.min(asked, natBindingMs) : asked;
}
