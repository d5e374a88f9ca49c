import type { Role } from '../../machines/messages.ts';
import type { Law } from '../data/law.ts';
import type { Window } from '../data/window.ts';
import type { Link, LinkName, SuspendedSockets } from '../scenario/scenario.ts';

/**
 * Networks and push services by name: windows for the checker, which takes every delay in them, and for a run, which
 * draws from them, evenly where no law is known. `loss` and `duplicate` are for runs; the checker is told how many
 * messages may be lost.
 */
export interface Preset {
  readonly title: string;
  readonly source: string;
  readonly links?: Readonly<Partial<Record<LinkName, Partial<Pick<Link, 'latencyMs' | 'law' | 'loss' | 'duplicate'>>>>>;
  readonly timing?: Readonly<Partial<Record<Role, Readonly<Record<string, Window>>>>>;
  /** What the OS that this push service belongs to makes of the sockets of a suspended app. */
  readonly suspendedSockets?: SuspendedSockets;
  /** False where no notification ever arrives. */
  readonly notificationsAvailable?: false;
}

/** The network between the phone and everything else: SIP, the push server's API, and the last hop of a push. */
export const networks = {
  wifi: {
    title: 'Wi-Fi at home or in the office',
    source: 'assumed: a few milliseconds of access network and up to 40 ms to the data centre',
    links: { appSip: { latencyMs: [5, 40] }, control: { latencyMs: [10, 80] } },
  },
  lte: {
    title: 'LTE with good reception',
    source: 'assumed: 20 to 80 ms one way under load',
    links: { appSip: { latencyMs: [20, 80] }, control: { latencyMs: [40, 160] } },
  },
  'wifi-to-lte': {
    title: 'at the edge of the Wi-Fi, on the way to LTE',
    source: 'assumed: packets wait for the other radio for up to 1.5 s; the step changeNetwork is the change itself',
    links: { appSip: { latencyMs: [5, 1_500], loss: 0.1 }, control: { latencyMs: [10, 3_000] } },
  },
  lossy: {
    title: 'crowded cell or hotel Wi-Fi',
    source: 'assumed: queues of up to 400 ms, one datagram in twenty lost',
    links: {
      appSip: { latencyMs: [30, 400], loss: 0.05, duplicate: 0.01 },
      control: { latencyMs: [60, 2_000] },
    },
  },
  satellite: {
    title: 'geostationary satellite',
    source: 'ITU-T G.114: 260 ms one way over a geostationary hop',
    links: {
      appSip: { latencyMs: [260, 600], loss: 0.01 },
      control: { latencyMs: [520, 1_500] },
      notification: { latencyMs: [600, 3_000] },
    },
  },
} as const satisfies Record<string, Preset>;

/** The two figures that are known, as the quantiles of the lognormal law that has them. */
const applePushes: Law = {
  quantiles: [
    [0, 100],
    [0.05, 193],
    [0.25, 385],
    [0.5, 622],
    [0.75, 1_004],
    [0.9, 1_545],
    [0.95, 2_000],
    [0.99, 3_245],
    [1, 5_600],
  ],
  source:
    'developer.apple.com forum 825224: 0.8 s on average, 2 s at the 95th percentile; that it is lognormal, and its ends, assumed',
};

/** What brings the notification to the phone, and how soon the app then runs. */
export const pushServices = {
  apns: {
    suspendedSockets: 'defunct',
    title: 'APNs, VoIP push',
    source: 'developer.apple.com forum 825224: 0.8 s on average, 2 s at the 95th percentile',
    links: { notification: { latencyMs: [100, 5_600], law: applePushes } },
  },
  'apns-far': {
    suspendedSockets: 'defunct',
    title: 'APNs, a phone far from the edge and a cold start',
    source: 'Kamailio sr-users: a cold start can exceed 10 s; forum 795610: about 5 s for app and SIP',
    links: { notification: { latencyMs: [500, 4_000] } },
    timing: { app: { coldStart: [3_000, 10_000], resume: [500, 5_000] } },
  },
  'apns-late': {
    suspendedSockets: 'defunct',
    title: 'APNs, delivered late although its lifetime was over',
    source: 'developer.apple.com forum 795610: apns-expiration 0 and still delivered 20 to 30 s later',
    links: { notification: { latencyMs: [20_000, 30_000] } },
  },
  fcm: {
    suspendedSockets: 'kept',
    title: 'FCM, high priority',
    source: 'firebase message-priority: high priority wakes from Doze at once; no figures, those of APNs assumed',
    links: { notification: { latencyMs: [100, 5_600], law: applePushes } },
  },
  'fcm-doubled': {
    suspendedSockets: 'kept',
    title: 'FCM, sometimes delivered twice and in any order',
    source: 'google/gcm issue 101 (old and new token both live); the share of one in ten is assumed',
    links: { notification: { latencyMs: [300, 4_000], duplicate: 0.1 } },
  },
  'fcm-throttled': {
    suspendedSockets: 'kept',
    title: 'FCM, deprioritised or app in a standby bucket',
    source: 'firebase message-priority, Android power-details: treated as normal priority; up to 60 s assumed',
    links: { notification: { latencyMs: [2_000, 60_000], loss: 0.05 } },
  },
  doze: {
    suspendedSockets: 'kept',
    title: 'FCM at normal priority on a dozing phone, whose timers fire late',
    source: 'firebase message-priority: waits for the maintenance window; linphone-android issue 1393',
    links: { notification: { latencyMs: [30_000, 600_000] } },
    timing: { app: { resume: [1_000, 20_000] } },
  },
  'force-stopped': {
    suspendedSockets: 'kept',
    title: 'the user has force-stopped the app',
    source: 'Android: a stopped package receives nothing until it is opened',
    notificationsAvailable: false,
  },
  'no-google': {
    suspendedSockets: 'kept',
    title: "a phone without Google's services",
    source: 'product article: Huawei and others do not work',
    notificationsAvailable: false,
  },
} as const satisfies Record<string, Preset>;

export type NetworkName = keyof typeof networks;
export type PushServiceName = keyof typeof pushServices;

export const networkNames = Object.keys(networks) as NetworkName[];
export const pushServiceNames = Object.keys(pushServices) as PushServiceName[];

/** The presets that a scenario names, the network first: what the push service says goes before it. */
export function presetsOf(named: {
  readonly network?: NetworkName | undefined;
  readonly push?: PushServiceName | undefined;
}): readonly Preset[] {
  return [
    ...(named.network === undefined ? [] : [networks[named.network]]),
    ...(named.push === undefined ? [] : [pushServices[named.push]]),
  ];
}
