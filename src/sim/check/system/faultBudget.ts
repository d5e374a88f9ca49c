import { Interned } from '../../data/interned.ts';
import type { AnyFault } from '../../system/settings.ts';
import type { Fate } from '../../world/pending.ts';

/** How many faults the exploration may add to those that the scenario demands. */
export interface FaultBudget {
  /** Messages lost on links that lose. */
  readonly losses: number;
  /** Messages that arrive twice on such links. */
  readonly duplicates: number;
}

/** None but those that the scenario demands. */
export const noFaults: FaultBudget = { losses: 0, duplicates: 0 };

/** A message or timer that a firing has created, and which faults it is exposed to. */
export interface Exposed {
  readonly demanded: AnyFault | undefined;
  readonly mayFail: boolean;
}

/** The fate of everything that one firing has created, and what is left of the budget then. */
export interface FaultChoice {
  readonly fates: readonly Fate[];
  readonly left: FaultBudget;
}

/** Every choice of faults that the budget allows; the one without faults of the budget comes first. */
export function faultChoices(created: readonly Exposed[], budget: FaultBudget): readonly FaultChoice[] {
  let choices: readonly FaultChoice[] = [{ fates: [], left: budget }];
  for (const one of created) {
    choices = choices.flatMap(({ fates, left }) =>
      waysOf(one, left).map((way) => ({ fates: [...fates, way.fate], left: way.left })),
    );
  }
  return choices;
}

function waysOf({ demanded, mayFail }: Exposed, left: FaultBudget): { fate: Fate; left: FaultBudget }[] {
  if (demanded !== undefined && demanded.do !== 'delay') return [{ fate: demanded.do, left }];
  const ways: { fate: Fate; left: FaultBudget }[] = [{ fate: 'happen', left }];
  if (!mayFail || demanded !== undefined) return ways;
  if (left.losses > 0) ways.push({ fate: 'lose', left: { ...left, losses: left.losses - 1 } });
  if (left.duplicates > 0) ways.push({ fate: 'duplicate', left: { ...left, duplicates: left.duplicates - 1 } });
  return ways;
}

/** Numbers for lists of the fates of the messages of a firing. */
export class FateLists {
  readonly #lists = new Interned<readonly Fate[]>((fates) => fates.join());
  readonly #idOfList = new Map<readonly Fate[], number>();
  readonly #harmless: (readonly Fate[])[] = [];

  idOf(fates: readonly Fate[]): number {
    return this.#idOfList.get(fates) ?? this.#lists.idOf(fates);
  }

  /** The list of that length without faults; one object per length. */
  harmless(length: number): readonly Fate[] {
    const known = this.#harmless[length];
    if (known !== undefined) return known;
    const fates = new Array<Fate>(length).fill('happen');
    this.#harmless[length] = fates;
    this.#idOfList.set(fates, this.idOf(fates));
    return fates;
  }

  of(id: number): readonly Fate[] {
    return this.#lists.of(id);
  }
}
