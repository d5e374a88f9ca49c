import { everyMode, type ModeName } from '../../machines/modeVariants.ts';
import { isPushedByServer } from '../../machines/registrationModes.ts';
import type { Contradiction } from './contradiction.ts';
import type { ScenarioDocument } from './document.ts';
import { wrongMode } from './nodes.ts';

/** A value at a path of a document that has an effect in one design only. */
interface Said {
  readonly path: readonly string[];
  /** The value without which nothing is said; any value where there is none. */
  readonly value?: unknown;
}

/** What is about an app that leaves its push token with the SIP server (RFC 8599). */
const ofSipServer: readonly Said[] = [
  { path: ['pushProvider'], value: 'unsupported' },
  { path: ['topology', 'phone2', 'pushProvider'], value: 'unsupported' },
  { path: ['topology', 'phone3', 'pushProvider'], value: 'unsupported' },
  { path: ['reportsPush'], value: 'callsOnly' },
  { path: ['topology', 'phone2', 'reportsPush'], value: 'callsOnly' },
  { path: ['topology', 'phone3', 'reportsPush'], value: 'callsOnly' },
  { path: ['afterUnsupported'] },
  { path: ['withoutPushes'] },
  { path: ['refreshesOnPush'] },
];

/** What is about a push server. */
const ofPushServer: readonly Said[] = [
  ...['delivery', 'autoSend180', 'repeatsPush', 'replacesToken', 'natEmulation'].map((key) => ({ path: [key] })),
  ...['expires', 'refresh', 'keepAlive', 'timing'].map((key) => ({ path: [key, 'pushServer'] })),
];

const valueAt = (document: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], document);

const saidIn = (document: ScenarioDocument, sayings: readonly Said[]): readonly Said[] =>
  sayings.filter(({ path, value }) => {
    const given = valueAt(document, path);
    return value === undefined ? given !== undefined : given === value;
  });

/** The modes that a document is about by itself. */
const modesOf = ({ mode, expect = {} }: ScenarioDocument): readonly ModeName[] => [
  mode ?? 'standard',
  ...Object.values(expect).flatMap((cells) => Object.keys(cells) as ModeName[]),
];

const isPushed = (mode: ModeName): boolean => isPushedByServer(everyMode[mode]);

/** Whether a document is about servers that push and about nothing else. Bundled scenarios are run there too, whatever they say of push servers. */
export const isPushedByServerAlone = (document: ScenarioDocument, asked: readonly ModeName[] = []): boolean =>
  asked.length === 0 && modesOf(document).every(isPushed);

/** What has no effect in any of the modes that are asked for, or without such, that the document names. */
export function ofAnotherDesign(document: ScenarioDocument, asked: readonly ModeName[] = []): Contradiction[] {
  const modes = asked.length > 0 ? asked : modesOf(document);
  const refused = (sayings: readonly Said[], expected: string) =>
    saidIn(document, sayings).map(({ path }) => {
      return { path, ofKey: true, found: `${path.join('.')} in mode ${modes[0]}`, expected };
    });
  if (!modes.some(isPushed))
    return refused(ofSipServer, 'mode sipServerPushes: in others the SIP server is told no push token');
  if (!isPushedByServerAlone(document, asked)) return [];
  return refused(ofPushServer, 'no such key: where the SIP server pushes there is no push server');
}

/** Why a document is none for a mode that it may not name itself: nothing where it is one. */
export const modeProblems = (document: ScenarioDocument, mode: ModeName): readonly Contradiction[] => [
  ...[wrongMode(document, mode) ?? []].flat(),
  ...ofAnotherDesign(document, [mode]),
];
