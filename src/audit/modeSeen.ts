import type { RegistrationModeName } from '../machines/registrationModes.ts';
import type { RegisterCounts } from './addressRecord.ts';
import type { ModeReport } from './auditReport.ts';
import type { HandOver, HandOverOrder } from './registrations.ts';
import { type Side, sideName, spoken } from './sides.ts';

/** What each order of events says about the mode; null where no mode of the product does it. */
const modeOf: Readonly<Record<HandOverOrder, RegistrationModeName | null>> = {
  registerFirst: 'standard',
  unregisterFirst: 'singleDeviceEmulation',
  cameAndWent: 'continuous',
  takeover: 'singleDeviceTakeover',
  swap: null,
  afterExpiry: null,
};

const orderWords: Readonly<Record<HandOverOrder, string>> = {
  registerFirst: 'the newcomer REGISTERed, then the other un-REGISTERed',
  unregisterFirst: 'the one un-REGISTERed, then the other REGISTERed',
  cameAndWent: 'the app REGISTERed and un-REGISTERed while the other stayed registered',
  takeover: 'the newcomer REGISTERed and the other never un-REGISTERed',
  swap: 'one REGISTER removed the one contact and bound the other',
  afterExpiry: 'the one expired, then the other REGISTERed',
};

/** A few odd hand-overs, such as after a kill, do not make another mode. */
const clearShare = 0.8;

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

function byOrder(handOvers: readonly HandOver[]): [HandOverOrder, number][] {
  const counts = new Map<HandOverOrder, number>();
  for (const { order } of handOvers) if (order !== null) counts.set(order, (counts.get(order) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}

/** Only one side ever registered. */
function ofOneSide(side: Side, { bound, refreshed, removed }: RegisterCounts): ModeReport {
  const did = `only ${spoken(sideName(side))} registers: ${bound} new, ${refreshed} refreshed, ${removed} removed`;
  if (side.role === 'pushServer' && removed === 0) return { mode: 'continuous', why: [did] };
  if (side.role === 'pushServer') return { mode: null, why: [did, 'in Continuous it would never un-REGISTER'] };
  if (side.role === 'app') return { mode: null, why: [did, 'no hand-over to a push server is in the capture'] };
  return { mode: null, why: [did, 'whether it is the push server is not to be seen: --push-server says it'] };
}

/** Which of the four modes the hand-overs look like, and what says so. */
export function modeSeen(sides: readonly Side[], handOvers: readonly HandOver[], counts: RegisterCounts): ModeReport {
  const between = handOvers.filter(({ from, to }) => from.role === null || from.role !== to.role);
  const [only] = sides;
  if (only === undefined) return { mode: null, why: ['no REGISTER is in the capture'] };
  if (sides.length === 1) return ofOneSide(only, counts);
  const orders = byOrder(between);
  const why = orders.map(([order, count]) => `${times(count)}: ${orderWords[order]}`);
  const [first] = orders;
  if (first === undefined) return { mode: null, why: ['no hand-over is in the capture to its end'] };
  const [order, count] = first;
  const all = orders.reduce((sum, [, one]) => sum + one, 0);
  if (count / all < clearShare) return { mode: null, why: [...why, 'no one order prevails'] };
  const mode = modeOf[order];
  return { mode, why: mode === null ? [...why, 'none of the four modes does that'] : why };
}
