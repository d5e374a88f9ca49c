import type { OtherPhone, Phone, Role } from '../../machines/messages.ts';
import { phoneOf, phones } from '../../machines/phones.ts';
import type { Contradiction } from './contradiction.ts';
import type { ScenarioDocument } from './document.ts';
import { mergedParts } from './mitigated.ts';

/** The phones of a scenario as it is written. */
export const phonesIn = ({ topology }: ScenarioDocument): readonly Phone[] => phones.slice(0, topology?.phones ?? 1);

const otherPhones: readonly OtherPhone[] = [2, 3];

/** What a scenario says of each phone beside the first one, as if it were the only one. */
export const documentsOfOthers = (document: ScenarioDocument): readonly ScenarioDocument[] =>
  phonesIn(document)
    .slice(1)
    .map((phone) => {
      const own = document.topology?.[`phone${phone as OtherPhone}`] ?? {};
      const timing = mergedParts(document.timing, own.timing) as ScenarioDocument['timing'];
      return { ...document, ...own, ...(timing && { timing }) };
    });

const countText = (count: number): string => (count === 1 ? 'one phone' : `${count} phones`);

const whichPhones = (document: ScenarioDocument): string => {
  const { length } = phonesIn(document);
  return length === 1 ? '`topology` with `phones: 2`, or no `phone`' : `a phone from 1 to ${length}`;
};

/** What is said of a phone that there is not. */
function phonesThatAreNot(document: ScenarioDocument): Contradiction[] {
  const { length: count } = phonesIn(document);
  const { steps, faults = [], topology } = document;
  const expected = whichPhones(document);
  const missing = (phone: Phone | undefined, path: Contradiction['path']): Contradiction[] =>
    phone === undefined || phone <= count
      ? []
      : [{ path: [...path, 'phone'], found: `phone ${phone} in a world with ${countText(count)}`, expected }];
  return [
    ...steps.flatMap((step, index) => missing('phone' in step ? step.phone : undefined, ['steps', index])),
    ...faults.flatMap(({ phone }, index) => missing(phone, ['faults', index])),
    ...otherPhones
      .filter((phone) => phone > count && topology?.[`phone${phone}`] !== undefined)
      .map((phone): Contradiction => {
        const found = `phone${phone} with \`phones: ${count}\``;
        return { path: ['topology', `phone${phone}`], ofKey: true, found, expected: `\`phones: ${phone}\`` };
      }),
  ];
}

/** A phone that the user never opens has no part in anything. */
function idlePhones(document: ScenarioDocument): Contradiction[] {
  const isOpened = (phone: Phone) =>
    document.steps.some((step) => step.do === 'open' && 'phone' in step && step.phone === phone);
  return phonesIn(document)
    .slice(1)
    .filter((phone) => !isOpened(phone))
    .map((phone): Contradiction => {
      const found = `phone ${phone}, which nobody opens`;
      return { path: ['topology', 'phones'], found, expected: `a step \`{ do: open, phone: ${phone} }\`` };
    });
}

const isOfPhone = (party: Role | undefined): boolean => party !== undefined && phoneOf(party) !== null;

/** Of the links of several phones, a fault that names none of their parties means none in particular. */
const faultsOfNoPhone = ({ faults = [] }: ScenarioDocument): Contradiction[] =>
  faults.flatMap(({ phone, from, to }, index): Contradiction[] => {
    if (phone === undefined || isOfPhone(from) || isOfPhone(to)) return [];
    const expected = '`from` or `to`: app, pushServer or notificationService, which each phone has for itself';
    return [
      { path: ['faults', index, 'phone'], found: `phone ${phone} of a fault that names no party of one`, expected },
    ];
  });

/** A link of the caller's is no phone's. */
const callersLink = ({ steps }: ScenarioDocument): Contradiction[] =>
  steps.flatMap((step, index): Contradiction[] => {
    if (!('link' in step) || step.link !== 'callerSip' || step.phone === undefined) return [];
    const expected = 'no `phone`: the link between caller and SIP server is there once';
    return [{ path: ['steps', index, 'phone'], found: `callerSip of phone ${step.phone}`, expected }];
  });

/** What the user does at a phone that no call reaches. */
const unusedUsers = ({ topology, steps }: ScenarioDocument): Contradiction[] =>
  otherPhones.flatMap((phone): Contradiction[] => {
    const { user = 'answers' } = topology?.[`phone${phone}`] ?? {};
    if (user === 'answers' || steps.some(({ do: what }) => what === 'dial')) return [];
    const path = ['topology', `phone${phone}`, 'user'];
    return [{ path, ofKey: true, found: `${path.join('.')} without a call`, expected: 'a step that dials one' }];
  });

/** What contradicts itself about the phones of a scenario. */
export const topologyProblems = (document: ScenarioDocument): Contradiction[] => [
  ...phonesThatAreNot(document),
  ...idlePhones(document),
  ...faultsOfNoPhone(document),
  ...callersLink(document),
  ...unusedUsers(document),
];
