import type { AnyStateMachine } from 'xstate';
import { z } from 'zod';
import { parseDurationMs } from '../data/duration.ts';
import type { Window } from '../data/window.ts';
import { InputError, type InputProblem } from '../input/inputError.ts';
import { unknownWord } from '../input/unknownWord.ts';
import { problemsIn } from '../input/yamlFile.ts';
import { ownLatency, windowOf } from '../scenarioFile/resolve.ts';
import { lawSchema, windowSchema } from '../scenarioFile/schema.ts';
import { eventTable } from '../system/eventTable.ts';
import type { AnyProperty } from '../system/property.ts';
import type { AnyAction, AnyEvent, AnyFault, Settings } from '../system/settings.ts';
import { stepCause } from '../world/causes.ts';
import {
  type CompiledLink,
  type CompiledStep,
  mostLinks,
  mostParties,
  type WorldDefinition,
} from '../world/definition.ts';
import { plainHost } from '../world/host.ts';
import { type LinkRules, plainLinks } from '../world/linkRules.ts';
import { PartyTable } from '../world/partyTable.ts';
import { delayNamesOf, eventTypesOf, hears, machineProblems, ownDelayMs } from './machineContract.ts';
import { propertyProblems } from './ownProperty.ts';
import { watching } from './purity.ts';

/** A delay: exact (`'400ms'`), or the earliest and the latest (`['20ms', '400ms']`). */
export type Delay = string | readonly [string, string];

/** A machine of your own and the windows of its named delays. */
export interface PartyDefinition {
  readonly machine: AnyStateMachine;
  /** Where the machine itself says how long a delay takes, this replaces it. */
  readonly delays?: Readonly<Record<string, Delay>>;
}

/** A link between two parties. `tcp` keeps the order and loses nothing; `udp` does neither. */
export interface LinkDefinition {
  readonly between: readonly [string, string];
  readonly transport: 'tcp' | 'udp';
  /** May be left out where there is a law: its ends are the window then. */
  readonly latency?: Delay;
  /**
   * How the latency is distributed, for `simulate` and `sweep`: quantiles such as `[[0, '5ms'], [0.95, '50ms'], [1, '2s']]`. Without
   * one it is even. The checker takes every latency in the window.
   */
  readonly law?: readonly (readonly [share: number, latency: string])[];
  /** `false` for what is sent over several connections of `tcp`: nothing is lost, but messages may overtake each other. */
  readonly ordered?: false;
  /** Types of steps: a party that is told one loses what is under way to it on this link, as where its address changes. */
  readonly emptiedBy?: readonly string[];
  /** Probability that a run loses a message, or has it arrive twice; for `udp`. */
  readonly loss?: number;
  readonly duplicate?: number;
}

/** What the environment does, from the start (`at`) or from the step before (`after`). */
export type StepDefinition = { readonly at?: Delay; readonly after?: Delay } & AnyAction;

/** A fault that happens for certain, to the nth message of a type. */
export interface FaultDefinition {
  readonly do: 'lose' | 'delay' | 'duplicate';
  readonly message: string;
  readonly from?: string;
  readonly to?: string;
  readonly occurrence?: number;
  readonly latency?: Delay;
}

/** A system: parties with machines, links between them, what the environment does, and what must hold. */
export interface SystemDefinition {
  readonly name: string;
  readonly title: string;
  readonly parties: Readonly<Record<string, PartyDefinition>>;
  readonly links: Readonly<Record<string, LinkDefinition>>;
  readonly steps: readonly StepDefinition[];
  readonly faults?: readonly FaultDefinition[];
  readonly properties: readonly AnyProperty[];
  /** When a run ends. */
  readonly until: string;
}

/** A system of the user's, checked. */
export interface OwnSystem {
  readonly is: 'system';
  readonly definition: SystemDefinition;
}

/** What a run of such a system is given, as its trace has it. */
export interface SystemSettings extends Settings {
  readonly parties: readonly string[];
  readonly links: Readonly<Record<string, Pick<LinkDefinition, 'between' | 'transport'>>>;
}

const duration = z.string().refine((text) => parseDurationMs(text) !== null, {
  error: 'expected a duration with its unit, such as 400ms, 1.5s or 2min',
});
const probability = z.number({ error: 'expected a probability between 0 and 1' }).min(0).max(1);
const event = z.looseObject({ type: z.string() });
/** Time must go on: what takes none could go on for ever. */
const lasting = windowSchema.refine((given) => (windowOf(given)[0] ?? 0) >= 1, { error: 'expected at least 1ms' });
const name = z.string().regex(/^[A-Za-z][\w-]*$/, { error: 'expected letters, digits, - and _, a letter first' });
const when = { at: windowSchema.optional(), after: windowSchema.optional() };

const link = z
  .strictObject({
    between: z.tuple([z.string(), z.string()]),
    transport: z.enum(['tcp', 'udp']),
    latency: lasting.optional(),
    law: lawSchema.optional(),
    ordered: z.literal(false, { error: 'expected false, for tcp: udp keeps no order anyway' }).optional(),
    emptiedBy: z.array(z.string()).optional(),
    loss: probability.optional(),
    duplicate: probability.optional(),
  })
  .refine(({ transport, loss = 0, duplicate = 0 }) => transport === 'udp' || loss + duplicate === 0, {
    error: 'no loss and no duplicate: tcp delivers once',
  })
  .refine(({ latency, law }) => latency !== undefined || law !== undefined, { error: 'expected `latency` or `law`' })
  .refine(({ transport, ordered }) => transport === 'tcp' || ordered === undefined, {
    error: 'no `ordered`: udp keeps no order anyway',
  })
  .refine(({ law = [] }) => law.length === 0 || (parseDurationMs(law[0]?.[1] ?? '') ?? 0) >= 1, {
    error: 'expected a law from at least 1ms on',
  })
  .refine(({ latency, law }) => latency === undefined || law === undefined || reaches(law, windowOf(latency)), {
    error: 'expected a law that reaches into the window of `latency`',
  });

function reaches(law: readonly (readonly [number, string])[], [earliest, latest]: Window): boolean {
  const ends = [law[0], law.at(-1)].map((one) => parseDurationMs(one?.[1] ?? '') ?? 0);
  return (ends[0] ?? 0) <= latest && (ends[1] ?? 0) >= earliest;
}

/** All of a system but its machines and properties, which are no data. */
const schema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'expected lower-case words joined by hyphens' }),
  title: z.string().min(1),
  parties: z.record(name, z.strictObject({ delays: z.record(z.string(), lasting).optional() })),
  links: z.record(name, link),
  steps: z
    .array(
      z.union(
        [
          z.strictObject({ ...when, party: z.string(), event }),
          z.strictObject({ ...when, cut: z.string() }),
          z.strictObject({ ...when, repair: z.string() }),
        ],
        { error: 'expected { at, party, event }, { at, cut } or { at, repair }; or `after` for `at`' },
      ),
    )
    .max(60),
  faults: z
    .array(
      z
        .strictObject({
          do: z.enum(['lose', 'delay', 'duplicate']),
          message: z.string(),
          from: z.string().optional(),
          to: z.string().optional(),
          occurrence: z.int().min(1).optional(),
          latency: windowSchema.optional(),
        })
        .refine((one) => (one.do === 'delay') === (one.latency !== undefined), {
          error: '`latency` goes with `do: delay`, and only with it',
        }),
    )
    .optional(),
  until: duration,
});

/** What the names in a system refer to, and what they must be one of. */
function namesIn({ parties, links, steps, faults = [] }: SystemDefinition) {
  const [party, one] = [Object.keys(parties), Object.keys(links)];
  const told = steps.flatMap((step) => ('party' in step ? [step.event.type] : []));
  return [
    ...Object.entries(links).flatMap(([name, { between }]) =>
      between.map((end) => ({ where: `links.${name}.between`, found: end, valid: party })),
    ),
    ...Object.entries(links).flatMap(([name, { emptiedBy = [] }]) =>
      emptiedBy.map((found) => ({ where: `links.${name}.emptiedBy`, found, valid: told })),
    ),
    ...steps.map((step, index) =>
      'party' in step
        ? { where: `steps[${index + 1}].party`, found: step.party, valid: party }
        : { where: `steps[${index + 1}]`, found: 'cut' in step ? step.cut : step.repair, valid: one },
    ),
    ...faults.flatMap(({ from, to }, index) =>
      [from, to].flatMap((end) =>
        end === undefined ? [] : [{ where: `faults[${index + 1}]`, found: end, valid: party }],
      ),
    ),
  ];
}

const unknownNames = (system: SystemDefinition): InputProblem[] =>
  namesIn(system)
    .filter(({ found, valid }) => !valid.includes(found))
    .map(({ where, found, valid }) => unknownWord(found, `for ${where}`, valid));

/** Steps and faults that would do nothing: no machine takes an event of that type, or no link can lose or double it. */
function withoutEffect({ parties, links, steps, faults = [] }: SystemDefinition): InputProblem[] {
  const typesOf = (names: readonly string[]) =>
    names.flatMap((name) => eventTypesOf(parties[name]?.machine as AnyStateMachine)).filter(isOwnType);
  const untold = steps.flatMap((step, index) => {
    if (!('party' in step)) return [];
    const types = typesOf([step.party]);
    const isTaken = hears(types, step.event.type);
    return isTaken ? [] : [unknownWord(step.event.type, `for steps[${index + 1}].event`, types)];
  });
  const isLossy = Object.values(links).some(({ transport }) => transport === 'udp');
  const idle = faults.flatMap(({ message, to, do: what }, index) => {
    const types = typesOf(to === undefined ? Object.keys(parties) : [to]);
    const where = `for faults[${index + 1}]`;
    if (!hears(types, message)) return [unknownWord(message, `${where}.message`, types)];
    const found = `${what} ${where}, where every link is tcp`;
    return what === 'delay' || isLossy ? [] : [{ line: null, found, expected: 'delay, or a link with udp' }];
  });
  return [...untold, ...idle];
}

const isOwnType = (type: string): boolean => !type.startsWith('xstate.');

/** Two parties have one link at most, and a link has two ends: a message says only whom it is for. */
function doubtfulLinks({ links }: SystemDefinition): InputProblem[] {
  const ends = Object.entries(links).map(([name, { between }]) => ({ name, text: [...between].sort().join(' and ') }));
  return ends.flatMap(({ name, text }, index): InputProblem[] => {
    const other = ends.slice(0, index).find((one) => one.text === text);
    if (other !== undefined) {
      return [
        { line: null, found: `${name} between ${text}, as ${other.name} is`, expected: 'one link between two parties' },
      ];
    }
    const [one, same] = links[name]?.between ?? [];
    return one === same
      ? [{ line: null, found: `${name} from ${one} to itself`, expected: 'two parties; `raise` for one' }]
      : [];
  });
}

/** An event that empties a link is told to one party: to another one it would be the same event. */
function doubtfulEmptying({ links, steps }: SystemDefinition): InputProblem[] {
  return Object.entries(links).flatMap(([name, { emptiedBy = [] }]) =>
    emptiedBy.flatMap((type): InputProblem[] => {
      const told = new Set(steps.flatMap((step) => ('party' in step && step.event.type === type ? [step.party] : [])));
      if (told.size < 2) return [];
      const found = `${type} for links.${name}.emptiedBy, which ${[...told].join(' and ')} are told`;
      return [{ line: null, found, expected: 'an event that one party is told' }];
    }),
  );
}

function doubtfulProperties({ properties }: SystemDefinition): InputProblem[] {
  if (!Array.isArray(properties) || properties.length === 0)
    return [{ line: null, found: 'no properties', expected: 'at least one: defineProperty' }];
  return propertyProblems(properties, []);
}

const counted = (count: number, most: number, what: string): InputProblem[] =>
  count <= most ? [] : [{ line: null, found: `${count} ${what}`, expected: `at most ${most}` }];

/** A step has one date. */
function misdated({ at, after }: StepDefinition, index: number): InputProblem[] {
  if ((at === undefined) !== (after === undefined)) return [];
  return [
    {
      line: null,
      found: at === undefined ? `no date for steps[${index + 1}]` : `at and after for steps[${index + 1}]`,
      expected: '`at` (from the start) or `after` (from the step before)',
    },
  ];
}

/**
 * A system of your own. Throws an InputError with everything that is wrong with it.
 *
 * @example
 * ```ts
 * import { check, defineProperty, defineSystem } from 'ringproof';
 * import { createMachine, emit } from 'xstate';
 *
 * const seen = emit({ type: 'observe', observation: { type: 'seen' } } as never);
 * const ping = emit({ type: 'send', to: 'b', message: { type: 'ping' } } as never);
 * const property = defineProperty<boolean, { type: 'seen' }>({
 *   name: 'arrives',
 *   says: 'a ping arrives',
 *   initial: false,
 *   on: { seen: () => true },
 *   unfinished: (isSeen) => (isSeen ? null : 'it did not'),
 *   witnessed: (isSeen) => isSeen,
 * });
 * const system = defineSystem({
 *   name: 'ping',
 *   title: 'A ping',
 *   parties: {
 *     a: { machine: createMachine({ on: { go: { actions: ping } } }) },
 *     b: { machine: createMachine({ on: { ping: { actions: seen } } }) },
 *   },
 *   links: { wire: { between: ['a', 'b'], transport: 'udp', latency: ['5ms', '90ms'], loss: 0.1 } },
 *   steps: [{ at: '1s', party: 'a', event: { type: 'go' } }],
 *   properties: [property],
 *   until: '3s',
 * });
 * console.log((await check(system)).map(({ verdict }) => verdict));
 * ```
 */
export function defineSystem(definition: SystemDefinition): OwnSystem {
  const { parties = {}, properties: _, ...rest } = definition ?? {};
  const withoutMachine = (party: PartyDefinition) => {
    const { machine: _, ...others } = party ?? {};
    return others;
  };
  const data = {
    ...rest,
    parties: Object.fromEntries(Object.entries(parties).map(([name, party]) => [name, withoutMachine(party)])),
  };
  const malformed = problemsIn(data, schema);
  const misfits = malformed.length > 0 ? malformed : misfitsIn(definition);
  const problems = misfits.length > 0 ? misfits : withoutEffect(definition);
  if (problems.length > 0) throw new InputError({ file: definition?.name ?? 'defineSystem', problems });
  return { is: 'system', definition };
}

function misfitsIn(definition: SystemDefinition): InputProblem[] {
  const { parties } = definition;
  return [
    ...(Object.keys(parties).length === 0 ? [{ line: null, found: 'no parties', expected: 'at least one' }] : []),
    ...counted(Object.keys(parties).length, mostParties, 'parties'),
    ...counted(Object.keys(definition.links).length, mostLinks, 'links'),
    ...unknownNames(definition),
    ...doubtfulLinks(definition),
    ...doubtfulEmptying(definition),
    ...doubtfulProperties(definition),
    ...definition.steps.flatMap(misdated),
    ...Object.entries(parties).flatMap(([name, party]) =>
      machineProblems(party?.machine, name, Object.keys(party?.delays ?? {})),
    ),
  ];
}

/** The windows of the delays of a machine, by what stands beside it and by what it says itself. */
function delaysOf({ machine, delays = {} }: PartyDefinition): Record<string, Window> {
  const windows = delayNamesOf(machine).map((name): [string, Window] => {
    const given = delays[name];
    const ms = ownDelayMs(machine, name) ?? 0;
    return [name, given === undefined ? [ms, ms] : windowOf(given)];
  });
  return Object.fromEntries(windows);
}

const faultOf = ({ latency, occurrence = 1, ...fault }: FaultDefinition): AnyFault => ({
  ...fault,
  occurrence,
  ...(latency && { latencyMs: windowOf(latency) }),
});

/** What a run of the system is given. */
export function settingsOf({
  name,
  title,
  parties,
  links,
  steps,
  faults = [],
  until,
}: SystemDefinition): SystemSettings {
  return {
    name,
    title,
    parties: Object.keys(parties),
    links: Object.fromEntries(
      Object.entries(links).map(([one, { between, transport }]) => [one, { between, transport }]),
    ),
    steps: steps.map(({ at, after, ...action }) => ({
      from: after === undefined ? 'start' : 'previous',
      afterMs: windowOf(at ?? after ?? '0s'),
      action: action as AnyAction,
    })),
    faults: faults.map(faultOf),
    untilMs: parseDurationMs(until) ?? 0,
  };
}

function compiledLink([name, link]: [string, LinkDefinition]): CompiledLink {
  const { transport, latency, law, ordered, loss = 0, duplicate = 0 } = link;
  const { latencyMs = [1, 1], ...rest } = ownLatency(latency, law);
  const isTcp = transport === 'tcp';
  return { name, ordered: isTcp && ordered !== false, lossy: !isTcp, latencyMs, law: rest.law, loss, duplicate };
}

/** The rules of the links: a step loses what is under way to whom it is told, on the links that say so. */
function rulesOf(links: readonly [string, LinkDefinition][], steps: readonly CompiledStep[]): LinkRules {
  const lost = new Set(
    links.flatMap(([, { emptiedBy = [] }], link) =>
      steps
        .filter(({ event }) => event >= 0 && emptiedBy.includes(eventTable.of(event).type))
        .map(({ event, party }) => `${event} ${party} ${link}`),
    ),
  );
  if (lost.size === 0) return plainLinks;
  return { ...plainLinks, isLostBy: (event, to, link) => lost.has(`${event} ${to} ${link}`) };
}

/** The world of a system, with the settings of the system itself or with others. `file`: where it stands, for errors. */
export function worldOfSystem(
  { definition }: OwnSystem,
  file: string,
  settings: SystemSettings = settingsOf(definition),
): WorldDefinition<SystemSettings> {
  const peers = Object.keys(definition.parties);
  const links = Object.entries(definition.links);
  const parties = Object.entries(definition.parties);
  const delays = parties.map(([, party]) => delaysOf(party));
  const bit = (name: string) => 1 << links.findIndex(([one]) => one === name);
  const steps = settings.steps.map(
    ({ from, afterMs, action }, index): CompiledStep => ({
      party: 'party' in action ? peers.indexOf(action.party) : -1,
      event: 'party' in action ? eventTable.idOf(action.event as AnyEvent) : -1,
      cause: stepCause(index),
      afterMs,
      chained: from === 'previous',
      cuts: 'cut' in action ? bit(action.cut) : 0,
      repairs: 'repair' in action ? bit(action.repair) : 0,
    }),
  );
  return {
    scenario: settings,
    properties: definition.properties,
    claims: () => true,
    parties: parties.map(([name, { machine }], index) => {
      const names = Object.keys(delays[index] ?? {});
      return new PartyTable({ name, peers }, machine, names, plainHost, watching(name, file));
    }),
    delays: delays.map((windows) => Object.values(windows)),
    linkBetween: peers.map((from) =>
      peers.map((to) =>
        links.findIndex(([, { between }]) => from !== to && between.includes(from) && between.includes(to)),
      ),
    ),
    links: links.map(compiledLink),
    rules: rulesOf(links, steps),
    steps,
    cutAtStart: 0,
  };
}
