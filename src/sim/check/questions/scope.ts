import type { Scenario } from '../../scenario/scenario.ts';
import type { Ending } from '../engine/stateClasses.ts';
import type { CheckResult, Decision } from './decision.ts';

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** How many calls a scenario makes. */
export const callsText = ({ steps }: Scenario): string =>
  counted(steps.filter(({ action }) => 'party' in action && action.event.type === 'call.dial').length, 'call');

/** Which faults were explored. */
export function faultsText({ losses, duplicates }: CheckResult['budget']): string {
  if (losses + duplicates === 0) return "no faults but the scenario's";
  const parts = [
    ...(losses > 0 ? [`at most ${counted(losses, 'message')} lost`] : []),
    ...(duplicates > 0 ? [`at most ${counted(duplicates, 'message')} doubled`] : []),
  ];
  return parts.join(', ');
}

const endings: Readonly<Record<Ending, string>> = {
  complete: '',
  stopped: '',
  memory: 'ended by the memory limit',
  interrupted: 'interrupted',
  order: 'given up: a delayed message holds later ones of its link back beyond their windows',
};

/** What a verdict stands for: which orders, delays and faults were explored, and how many state classes that took. */
export function scopeText({ scenario, budget, extent }: CheckResult, { verdict, ending }: Decision): string {
  const explored = [
    'every order of events and every delay within the windows',
    `until ${scenario.untilMs / 1000} s`,
    // A system of the user's has no calls.
    ...('mode' in scenario ? [callsText(scenario)] : []),
    faultsText(budget),
    `${extent.classes.toLocaleString('en-US')} classes`,
  ].join(', ');
  return verdict === 'inconclusive' ? `${explored}; ${endings[ending]}` : explored;
}
