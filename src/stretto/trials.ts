import { formatDuration } from '../sim/scenario/duration.ts';
import type { ScenarioDocument } from '../sim/scenario/schema.ts';
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
] as const;

/** Bundled scenarios in which something breaks: what remains at risk. */
export const roughTrials = [
  'app-killed-in-hand-over',
  'network-change',
  'unregister-lost',
  'log-out-racing-a-refresh',
  'push-server-restarts',
  'push-lost',
  'push-30-s-late',
] as const;

/** The properties that a mode is tried for, what weighs most first. */
export const triedProperties = [
  'noInviteLost',
  'noBlackout',
  'beliefMatches',
  'singleRegistration',
  'cleanLogout',
] as const;

/** The scenario as the settings of an account configure it. */
export function trialOf(document: ScenarioDocument, settings: PushSettings): ScenarioDocument {
  const isSaid = settings.registrationRefreshMs !== undefined || settings.natEmulation;
  const usualMs = 600_000;
  return {
    ...document,
    autoSend180: settings.autoSend180,
    ...(isSaid && {
      expires: { ...document.expires, pushServer: formatDuration(askedByPushServerMs(settings, usualMs)) },
    }),
    links: { ...document.links, pushServerSip: { ...document.links?.pushServerSip, reachable: settings.reachable } },
  };
}
