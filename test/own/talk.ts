import { defineProperty, defineSystem, type LinkDefinition, type OwnSystem, type SystemDefinition } from 'ringproof';
import { createMachine, emit } from 'xstate';

/** A message of the speaker: its type, and over which link it goes. */
export interface Said {
  readonly type: string;
  readonly over?: string;
  readonly n?: number;
}

type Heard = { readonly type: 'heard'; readonly what: string };

/** What an onlooker sees of a run: what the hearer has heard, in order; `!` marks what was outdated. */
export const seenText = (words: readonly string[]): string => words.map((word) => `heard ${word}`).join();

/** Of the run as a whole: that what is heard is one of these texts, or is not that one. */
const property = (name: string, isWrong: (seen: string) => boolean) =>
  defineProperty<string, Heard>({
    name,
    says: name,
    initial: '',
    on: { heard: (seen, { what }) => (seen === '' ? `heard ${what}` : `${seen},heard ${what}`) },
    unfinished: (seen) => (isWrong(seen) ? `heard was: ${seen}` : null),
    witnessed: () => true,
  });

/** Holds where nothing else is ever heard than these. */
export const onlyThese = (texts: ReadonlySet<string>) => property('onlyThese', (seen) => !texts.has(seen));
/** Is violated where that is heard in some run. */
export const never = (text: string, index: number) => property(`never${index}`, (seen) => seen === text);

const said = ({ type, over, n }: Said) =>
  emit({
    type: 'send',
    to: 'hearer',
    ...(over !== undefined && { over }),
    message: { type, ...(n !== undefined && { n }) },
  } as never);

const hears = emit(({ event }: { event: { type: string; n?: number; stale?: boolean } }) => ({
  type: 'observe',
  observation: { type: 'heard', what: `${event.type}${event.n ?? ''}${event.stale ? '!' : ''}` },
})) as never;

/** A speaker who says some words at once and some later, and a hearer who shows what is heard. */
export function talk(
  links: Readonly<Record<string, Omit<LinkDefinition, 'between'>>>,
  words: readonly (readonly Said[])[],
  more: Partial<Pick<SystemDefinition, 'properties' | 'faults' | 'steps' | 'until'>> = {},
): OwnSystem {
  const types = [...new Set(words.flat().map(({ type }) => type))];
  const speaks = Object.fromEntries(words.map((some, index) => [`say${index}`, { actions: some.map(said) }]));
  return defineSystem({
    name: 'talk',
    title: 'Words over links',
    parties: {
      speaker: { machine: createMachine({ on: { ...speaks, moved: {} } } as never) },
      hearer: {
        machine: createMachine({
          on: { moved: {}, ...Object.fromEntries(types.map((type) => [type, { actions: hears }])) },
        } as never),
      },
    },
    links: Object.fromEntries(
      Object.entries(links).map(([name, link]) => [name, { ...link, between: ['speaker', 'hearer'] as const }]),
    ),
    steps: words.map((_, index) => ({ at: `${1 + index}ms`, party: 'speaker', event: { type: `say${index}` } })),
    properties: [never('nothing of this kind', 0)],
    until: '12ms',
    ...more,
  });
}
