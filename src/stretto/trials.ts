import { formatDuration } from '../sim/data/duration.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';
import type { PushSettings } from './settings.ts';
import { askedByPushServerMs } from './settings.ts';

/** Bundled scenarios of an ordinary day: a mode that fails in one of them does not suit the server. */
export const everydayTrials = [
  'call-in-foreground',
  'call-while-suspended',
  'call-while-going-to-background',
  'call-while-coming-to-foreground',
  'home-open-home',
  'call-after-kill',
  'nonce-stale-in-hand-over',
  'second-call-while-waking',
  'calls/outgoing-call-at-once',
  'calls/outgoing-call-then-home',
] as const;

/** Bundled scenarios in which something breaks, or another device of the user has a say: what remains at risk. */
export const roughTrials = [
  'app-killed-in-hand-over',
  'network-change',
  'unregister-lost',
  'log-out-racing-a-refresh',
  'push-server-restarts',
  'push-lost',
  'push-30-s-late',
  'calls/outgoing-call-without-push-server',
  'calls/other-device-in-a-hand-over',
  'calls/answered-elsewhere-while-waking',
] as const;

/** The properties that a mode is tried for, what weighs most first. */
export const triedProperties = [
  'noInviteLost',
  'outgoingAlerts',
  'noBlackout',
  'beliefMatches',
  'singleRegistration',
  'cleanLogout',
  'otherDeviceStays',
  'noFalseMissedCall',
] as const;

/** Trials that are about one thing; what else they violate, others show. */
const narrowTrials: Readonly<Record<string, readonly TriedProperty[]>> = {
  'calls/outgoing-call-without-push-server': ['outgoingAlerts'],
  'calls/answered-elsewhere-while-waking': ['noFalseMissedCall'],
};

type TriedProperty = (typeof triedProperties)[number];

/** The properties that a mode is tried for in a scenario. */
export const propertiesTriedIn = (name: string): readonly TriedProperty[] => narrowTrials[name] ?? triedProperties;

/** The scenario as the settings of an account configure it. `name` is that by which a command finds it. */
export function trialOf(name: string, document: ScenarioDocument, settings: PushSettings): ScenarioDocument {
  const isSaid = settings.registrationRefreshMs !== undefined || settings.natEmulation;
  const usualMs = 600_000;
  return {
    ...document,
    name,
    autoSend180: settings.autoSend180,
    natEmulation: settings.natEmulation,
    ...(isSaid && {
      expires: { ...document.expires, pushServer: formatDuration(askedByPushServerMs(settings, usualMs)) },
    }),
    links: { ...document.links, pushServerSip: { ...document.links?.pushServerSip, reachable: settings.reachable } },
  };
}
