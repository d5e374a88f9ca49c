import type { Role } from '../../machines/messages.ts';
import type { ModeName } from '../../machines/modeVariants.ts';
import type { LinkName } from '../scenario/scenario.ts';
import type { Contradiction } from './contradiction.ts';
import type { ScenarioDocument } from './document.ts';
import { isPushedByServerAlone } from './ofOneDesign.ts';

/** Whom a scenario does without, and what goes with them. */
interface Absence {
  /** Why, in the words of the file. */
  readonly why: string;
  readonly roles: readonly Role[];
  readonly links: readonly LinkName[];
  readonly steps: RegExp;
  readonly messages: RegExp;
}

const nobodyPushes: Absence = {
  why: 'with `pushEnabled: false`',
  roles: ['pushServer', 'notificationService'],
  links: ['control', 'pushRequest', 'notification', 'pushServerSip'],
  steps: /PushServer$|^killToken$/,
  messages: /^(control|push|notification)/,
};
const sipServerPushes: Absence = {
  why: 'in mode sipServerPushes, which has no push server',
  roles: ['pushServer'],
  links: ['control', 'pushServerSip'],
  steps: /PushServer$/,
  messages: /^control/,
};

function absences(document: ScenarioDocument, asked: readonly ModeName[]): Absence[] {
  return [
    ...(document.pushEnabled === false ? [nobodyPushes] : []),
    ...(isPushedByServerAlone(document, asked) ? [sipServerPushes] : []),
  ];
}

function without({ steps, faults = [], links = {} }: ScenarioDocument, absence: Absence): Contradiction[] {
  const { why } = absence;
  const isGone = (link: LinkName): boolean => absence.links.includes(link);
  return [
    ...absence.links.flatMap((link): Contradiction[] =>
      links[link] === undefined
        ? []
        : [{ path: ['links', link], ofKey: true, found: `links.${link} ${why}`, expected: 'no such key' }],
    ),
    ...steps.flatMap((step, index): Contradiction[] => {
      const expected = 'a step that needs no push server';
      if (absence.steps.test(step.do)) return [{ path: ['steps', index, 'do'], found: `${step.do} ${why}`, expected }];
      if (!('link' in step) || !isGone(step.link)) return [];
      return [{ path: ['steps', index, 'link'], found: `${step.do} of ${step.link} ${why}`, expected }];
    }),
    ...faults.flatMap(({ message, from, to }, index): Contradiction[] => {
      const roles: readonly string[] = absence.roles;
      if (!roles.some((role) => role === from || role === to) && !absence.messages.test(message)) return [];
      const found = `a fault of the push server ${why}`;
      return [{ path: ['faults', index, 'message'], found, expected: 'a fault between the others' }];
    }),
  ];
}

/** Links, steps and faults of a push server where there is none. `asked`: modes in the place of the document's own. */
export const withoutPushServer = (document: ScenarioDocument, asked: readonly ModeName[] = []): Contradiction[] =>
  absences(document, asked).flatMap((absence) => without(document, absence));
