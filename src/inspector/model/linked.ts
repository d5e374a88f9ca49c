import {
  isObject,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  type Shape,
  text,
  truth,
  whole,
  wholeFrom,
} from '../../sim/data/shape.ts';
import { isOfSystem } from '../../sim/report/lanes.ts';
import { raceWindowShape, scenarioShape } from '../../sim/run/scenarioShape.ts';
import { alterationShape } from './alterationShape.ts';
import type { Experiment } from './experiment.ts';

/** What a link holds: the run with all it follows from, and how it came out where the link was made. */
export interface Linked {
  readonly experiment: Experiment;
  readonly digest: string;
}

/** As much of the settings of a system as the page draws from; the server has its machines, and says what else is wrong. */
const systemShape = object({
  name: text,
  title: text,
  parties: list(text),
  faults: list(object({ do: oneOf(['lose', 'delay', 'duplicate']), message: text, occurrence: wholeFrom(1) })),
  untilMs: wholeFrom(0),
});

const settingsShape: Shape = (value, path) =>
  (isObject(value) && 'parties' in value ? systemShape : scenarioShape)(value, path);

const experimentFields = {
  scenario: settingsShape,
  module: optional(object({ file: text, digest: text })),
  seed: wholeFrom(0, 4_294_967_295),
  plan: nullable(list(object({ serial: whole, atMs: whole, fate: oneOf(['happen', 'lose', 'duplicate']) }))),
  planUntilMs: nullable(number),
  moved: list(object({ serial: whole, dueMs: number, order: number })),
  window: optional(raceWindowShape),
};

const logShape = object({
  base: object(experimentFields),
  changes: list(object({ what: alterationShape, isOff: optional(truth) })),
});

const linkShape = object({
  experiment: object({ ...experimentFields, log: optional(logShape) }),
  digest: text,
});

/** Takes what a link was unpacked to. Throws an Error that says what is wrong with it. */
export function linkedOf(value: unknown): Linked {
  const found = linkShape(value, '');
  if (found !== null) throw new Error(found);
  const linked = value as Linked;
  if (isOfSystem(linked.experiment) && linked.experiment.module === undefined)
    throw new Error('experiment.module: found none; expected the module of the system');
  return linked;
}
