import { interval, isObject, list, object, type Shape, such, text, wholeFrom } from '../data/shape.ts';
import type { Window } from '../data/window.ts';
import { InputError } from '../input/inputError.ts';
import { scenarioShape } from '../run/scenarioShape.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { AnyEvent } from '../system/settings.ts';
import type { EventName } from './names.ts';

/** Counts up whenever a certificate of an older format could no longer be read. */
export const certificateVersion = 1;

/**
 * A proof that properties hold: a set of state classes that contains the beginning, is closed under firing and violates
 * nothing. Plain data; docs/certificates.md explains each field.
 */
export interface Certificate {
  readonly format: 'ringproof-certificate';
  readonly version: number;
  readonly model: string;
  /** With its mode and its server. */
  readonly scenario: Scenario;
  readonly faults: { readonly losses: number; readonly duplicates: number };
  readonly properties: readonly string[];
  /** Per party, the names of its local states. */
  readonly locals: readonly (readonly string[])[];
  /** Per property, the states of its observer. */
  readonly states: readonly (readonly unknown[])[];
  readonly events: readonly EventName[];
  readonly inert: readonly InertMessage[];
  readonly classes: readonly CertifiedSituation[];
}

/** A message that is left out, since its receiver ignores it: the party, the message, the local states from which on. */
export type InertMessage = readonly [party: number, message: AnyEvent, locals: readonly number[]];

/** A discrete situation and the zones that are reached in it. All numbers. */
export type CertifiedSituation = readonly [situation: readonly number[], ...zones: (readonly number[])[]];

/** The most that a file may hold. What is beyond is refused before it costs anything. */
export const limits = {
  bytes: 128 * 2 ** 20,
  pending: 64,
  steps: 10_000,
  parties: 16,
  properties: 31,
  faults: 5,
} as const;

const wholeNumbers = such(
  'a list of whole numbers',
  (value) => Array.isArray(value) && value.every((one) => Number.isSafeInteger(one)),
);
const few = (most: number, shape: Shape): Shape => {
  const all = list(shape);
  return (value, path) =>
    Array.isArray(value) && value.length > most
      ? `${path}: found ${value.length} entries; expected at most ${most}`
      : all(value, path);
};
const event = object({ type: text });
const inertMessage: Shape = (value, path) =>
  Array.isArray(value) && value.length === 3
    ? (wholeFrom(0, limits.parties)(value[0], path) ?? event(value[1], path) ?? wholeNumbers(value[2], path))
    : `${path}: found another shape; expected a party, a message and local states`;
const situation: Shape = (value, path) =>
  Array.isArray(value) && value.length > 1
    ? list(wholeNumbers)(value, path)
    : `${path}: found another shape; expected a situation and its zones`;
const anything: Shape = () => null;

const shape = object({
  model: text,
  scenario: scenarioShape,
  faults: object({ losses: wholeFrom(0, limits.faults), duplicates: wholeFrom(0, limits.faults) }),
  properties: few(limits.properties, text),
  locals: few(limits.parties, list(text)),
  states: few(limits.properties, list(anything)),
  events: list(list(anything)),
  inert: list(inertMessage),
  classes: list(situation),
});

/** Names are printed as they are. */
const isName = (text: string): boolean => /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(text);

/** Windows of a scenario that no date meets would make every claim about it true. */
const windowsOf = ({ links, timing, steps, faults }: Scenario): unknown[] => [
  ...Object.values(links).map(({ latencyMs }) => latencyMs),
  ...Object.values(timing).flatMap((delays) => Object.values(delays)),
  ...steps.map(({ afterMs }) => afterMs),
  ...faults.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs])),
];
const isWindow = (value: unknown): boolean => interval(value, '') === null && isOrdered(value as unknown as Window);
const isOrdered = ([earliest, latest]: Window): boolean => 0 <= earliest && earliest <= latest;

/** Reads a certificate. Throws an InputError for anything that is none, or that another version wrote. */
export function parseCertificate(written: string, file: string): Certificate {
  const refuse = (found: string): never => {
    const expected = `a certificate of version ${certificateVersion} that \`check --certificate\` wrote, whole`;
    throw new InputError({ file, problems: [{ line: null, found, expected }] });
  };
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    return refuse('no JSON, or a part of it');
  }
  if (!isObject(value) || value.format !== 'ringproof-certificate') return refuse('something else');
  if (value.version !== certificateVersion) return refuse(`version ${JSON.stringify(value.version)}`);
  const wrong = shape(value, '');
  if (wrong !== null) return refuse(`a broken certificate (${wrong})`);
  const certificate = value as unknown as Certificate;
  if (certificate.scenario.steps.length > limits.steps) return refuse(`more than ${limits.steps} steps`);
  if (!windowsOf(certificate.scenario).every(isWindow)) return refuse('a scenario with a window that no date meets');
  const { scenario } = certificate;
  const odd = [scenario.name, scenario.mode.name, scenario.server.name].find((name) => !isName(name));
  if (odd !== undefined) return refuse(`the name ${JSON.stringify(odd.slice(0, 60))}`);
  return certificate;
}
