import { computed, signal } from '@preact/signals';
import type { PartyName } from '../../machines/messages.ts';
import { isOfSystem, lanesOf, laneTitle } from '../../sim/report/lanes.ts';

/** What the run was given that is drawn: for a moment that of the experiment before. */
export const settings = signal<object>({});

/** Whether the run is one of a system of the user's, which has no modes, no servers, no bindings and no calls. */
export const isSystem = computed(() => isOfSystem({ scenario: settings.value }));

/** The parties of the run, from left to right. */
export const shownLanes = computed(() => lanesOf(settings.value));

/** What people call a party. One of a system has its name alone. */
export const titleOf = (lane: PartyName): string => (isSystem.value ? lane : laneTitle(lane));

/** The same where there is little room. */
export const shortTitleOf = (lane: PartyName): string => titleOf(lane).replace(/ server|( for|\/FCM)(?= \d)/, '');
