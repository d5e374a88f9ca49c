/** A rule of the engine that is broken on purpose: a text of a file, and what stands there instead. */
export interface EngineMutant {
  readonly name: string;
  readonly file: string;
  readonly rule: string;
  readonly broken: string;
  /** The tests of which one must fail; or why nobody can notice. */
  readonly tests: readonly string[] | string;
}

const engine = 'src/sim/check/engine';
const system = 'src/sim/check/system';
const explain = 'src/sim/check/explain';
const questions = 'src/sim/check/questions';
const world = 'src/sim/world';

/** What happens where a rule of the engine or of the world is broken, one at a time: somebody must notice. */
export const engineMutants: readonly EngineMutant[] = [
  {
    name: 'end-at-equal',
    file: `${system}/worldSystem.ts`,
    rule: 'const isTooLate = windowMs[0] > this.definition.scenario.untilMs;',
    broken: 'const isTooLate = windowMs[0] >= this.definition.scenario.untilMs;',
    tests: ['test/check/system/worldSystem.test.ts'],
  },
  {
    name: 'delayed-may-be-inert',
    file: `${system}/inertMessages.ts`,
    rule: 'if (value.windowMs !== windowMs) return null;',
    broken: '',
    tests: ['test/check/system/rules.test.ts'],
  },
  {
    name: 'register-may-be-inert',
    file: `${system}/inertMessages.ts`,
    rule: 'return mayOutdate(system.definition, event) ? null : { party, event };',
    broken: 'return { party, event };',
    tests: ['test/check/system/rules.test.ts'],
  },
  {
    name: 'sightings-not-minded',
    file: `${system}/inertMessages.ts`,
    rule: 'return next === local && effects.length === 0 && sightings.length === 0;',
    broken: 'return next === local && effects.length === 0;',
    tests: ['test/check/system/rules.test.ts'],
  },
  {
    name: 'delayed-may-fail',
    file: `${system}/faultBudget.ts`,
    rule: 'if (!mayFail || demanded !== undefined) return ways;',
    broken: 'if (!mayFail) return ways;',
    tests: ['test/check/system/faultBudget.test.ts'],
  },
  {
    name: 'held-back-at-twice',
    file: `${engine}/firing.ts`,
    rule: 'if ((next[before * width] as number) <= latest) keepOrder',
    broken: 'if ((next[before * width] as number) <= 2 * latest) keepOrder',
    tests: ['test/check/engine/firingRules.test.ts'],
  },
  {
    name: 'discard-deeper',
    file: `${engine}/stateClasses.ts`,
    rule: 'if (depth <= this.#depth.at(id)) this.#superseded.data[id] = 1;',
    broken: 'this.#superseded.data[id] = 1;',
    tests: ['test/check/engine/firingRules.test.ts'],
  },
  {
    name: 'retransmission-stale',
    file: `${world}/linkRules.ts`,
    rule: 'if (older === arrived || !outdates(arrived, link)',
    broken: 'if (!outdates(arrived, link)',
    tests: ['test/world/registerOrder.test.ts'],
  },
  {
    name: 'stale-newer-outdates',
    file: `${world}/linkRules.ts`,
    rule: 'isSuch(event, link) && (eventTable.of(event) as { readonly stale?: unknown }).stale !== true;',
    broken: 'isSuch(event, link);',
    tests: ['test/world/registerOrder.test.ts'],
  },
  {
    name: 'links-commute',
    file: `${explain}/independence.ts`,
    rule: 'if (parties[0] === parties[1] || parties.includes(-1)) return true;',
    broken: 'if (parties[0] === parties[1]) return true;',
    tests: ['test/check/explain/independence.test.ts'],
  },
  {
    name: 'seen-steps-commute',
    file: `${explain}/independence.ts`,
    rule: 'if (keepsOrderSeen(one, other)) return true;',
    broken: '',
    tests: ['test/check/explain/independence.test.ts'],
  },
  {
    name: 'deadlines-of-others',
    file: `${explain}/violation.ts`,
    rule: "return value.is !== 'deadline' || value.property === property;",
    broken: 'return true;',
    tests: ['test/check/explain/independence.test.ts'],
  },
  {
    name: 'supremum-off-by-one-end',
    file: `${questions}/supremum.ts`,
    rule: 'largestTrue(0, scenario.untilMs - 1, exceeds)',
    broken: 'largestTrue(0, scenario.untilMs - 2, exceeds)',
    tests: ['test/check/questions/questions.test.ts'],
  },
  {
    name: 'witness-any-part',
    file: `${questions}/conjunction.ts`,
    rule: 'witnessed: parts.some(({ witnessed }) => witnessed)',
    broken: 'witnessed: first.witnessed',
    tests: ['test/check/questions/conjunction.test.ts'],
  },
  {
    name: 'conjunction-order',
    file: `${questions}/conjunction.ts`,
    rule: "(['violated', 'inconclusive'] as const)",
    broken: "(['inconclusive', 'violated'] as const)",
    tests: ['test/check/questions/conjunction.test.ts'],
  },
  {
    name: 'inert-at-the-date-of-a-step',
    file: `${explain}/concretePlan.ts`,
    rule: 'this.#inert.filter(({ atMs, serial }) => atMs < ms',
    broken: 'this.#inert.filter(({ atMs, serial }) => atMs <= ms',
    tests: ['test/check/explain/concretePlan.test.ts'],
  },
  {
    name: 'cut-of-removed-pending',
    file: `${world}/world.ts`,
    rule: 'this.cutLinks = (this.cutLinks | step.cuts) & ~step.repairs;',
    broken: 'this.cutLinks = (this.cutLinks & ~step.repairs) | step.cuts;',
    tests: 'an action is a cut or a repair, so a step never has a link in both of its sets, and the order is no matter',
  },
  {
    name: 'firable-although-overdue',
    file: `${engine}/firing.ts`,
    rule: 'if (source.leads[fired] !== 0) return false;',
    broken: '',
    tests: ['test/check/engine/digitalClock.test.ts'],
  },
  {
    name: 'end-before-others',
    file: `${engine}/firing.ts`,
    rule: 'return !situations.isLast(situation, fired - 1) || isBeforeOthers(source, fired);',
    broken: 'return true;',
    tests: ['test/check/engine/firingRules.test.ts'],
  },
  {
    name: 'kept-only-as-before',
    file: `${engine}/firing.ts`,
    rule: 'next[to + column] = before < through ? before : through;',
    broken: 'next[to + column] = before;',
    tests: ['test/check/engine/nets.test.ts'],
  },
  {
    name: 'kept-only-through-the-present',
    file: `${engine}/firing.ts`,
    rule: 'next[to + column] = before < through ? before : through;',
    broken: 'next[to + column] = through;',
    tests: ['test/check/engine/digitalClock.test.ts'],
  },
  {
    name: 'order-not-kept',
    file: `${engine}/firing.ts`,
    rule: 'if (row === 1 || !situations.waits(typesAt + 1, row - 1)) return;',
    broken: 'if (row > 0) return;',
    tests: ['test/check/engine/firingRules.test.ts'],
  },
  {
    name: 'hull-expanded-once',
    file: `${engine}/hulls.ts`,
    rule: 'if (wider === null) return;',
    broken: 'return;',
    tests: ['test/check/engine/digitalClock.test.ts'],
  },
  {
    name: 'hull-beyond-16-bits',
    file: `${engine}/hullStore.ts`,
    rule: 'if (excess < 0 || excess > mostExcess) return false;',
    broken: 'if (excess < 0) return false;',
    tests: ['test/check/engine/hullStore.test.ts'],
  },
  {
    name: 'covered-by-smaller',
    file: `${engine}/stateClasses.ts`,
    rule: 'if ((this.#scratch[index] as number) > (matrix[place + index] as number)) return false;',
    broken: 'if ((this.#scratch[index] as number) < (matrix[place + index] as number)) return false;',
    tests: ['test/check/engine/nets.test.ts'],
  },
  {
    name: 'renews-nothing',
    file: `${engine}/situations.ts`,
    rule: 'if (list === 0 || !isWrong(this.#lists.at(list + assumedAt))) continue;',
    broken: 'if (list >= 0) continue;',
    tests: ['test/check/engine/situations.test.ts'],
  },
  {
    name: 'copy-may-fail',
    file: `${system}/worldSystem.ts`,
    rule: "if (pending.kind !== 'message' || pending.isCopy || !this",
    broken: "if (pending.kind !== 'message' || !this",
    tests: ['test/check/system/worldSystem.test.ts'],
  },
  {
    name: 'missed-restarts-all',
    file: `${system}/worldSystem.ts`,
    rule: 'const origin = begun.includes(obligation) ? -1 :',
    broken: 'const origin = begun.length > 0 ? -1 :',
    tests: ['test/check/system/worldSystem.test.ts'],
  },
  {
    name: 'deadline-at-the-limit',
    file: `${system}/eventTypes.ts`,
    rule: "if (type.is === 'deadline') return [type.limitMs + 1, type.limitMs + 1];",
    broken: "if (type.is === 'deadline') return [type.limitMs, type.limitMs];",
    tests: ['test/check/system/worldSystem.test.ts'],
  },
  {
    name: 'ordered-dropped-when-late',
    file: `${system}/worldSystem.ts`,
    rule: 'if (isTooLate && !this.definition.links[pending.link]?.ordered) return;',
    broken: 'if (isTooLate) return;',
    tests: ['test/check/questions/edges.test.ts'],
  },
  {
    name: 'refuted-not-noticed',
    file: `${system}/localStates.ts`,
    rule: 'refuted.push(event);',
    broken: '',
    tests: ['test/check/system/inertMessages.test.ts'],
  },
  {
    name: 'counted-messages-commute',
    file: `${explain}/independence.ts`,
    rule: 'if (counted[one]?.some((isCounted, fault) => isCounted && counted[other]?.[fault])) return true;',
    broken: '',
    tests: ['test/check/explain/independence.test.ts'],
  },
  {
    name: 'network-change-commutes',
    file: `${explain}/independence.ts`,
    rule: 'return loses(first, second, isLostBy) || loses(second, first, isLostBy);',
    broken: 'return false;',
    tests: ['test/check/explain/independence.test.ts'],
  },
  {
    name: 'narrower-on-both-sides',
    file: `${explain}/raceWindow.ts`,
    rule: 'violatingMs[0] > windowMs[0] || violatingMs[1] < windowMs[1]',
    broken: 'violatingMs[0] > windowMs[0] && violatingMs[1] < windowMs[1]',
    tests: ['test/check/questions/check.test.ts'],
  },
  {
    name: 'newer-is-outdated',
    file: `${world}/world.ts`,
    rule: 'if (one.sent > arrived.sent) continue;',
    broken: '',
    tests: ['test/check/questions/edges.test.ts'],
  },
  {
    name: 'connections-forget-their-order',
    file: `${system}/worldSystem.ts`,
    rule: 'const order = connectionOrder(this.definition, world.pending);',
    broken: 'const order = 0;',
    tests: ['test/check/system/connectionOrder.test.ts'],
  },
  {
    name: 'cut-link-delivers',
    file: `${world}/world.ts`,
    rule: "const isCut = fired.kind === 'message' && (this.cutLinks & (1 << fired.link)) !== 0;",
    broken: 'const isCut = false;',
    tests: ['test/world/world.test.ts'],
  },
];
