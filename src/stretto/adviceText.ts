import { type RegistrationModeName, registrationModes } from '../machines/registrationModes.ts';
import type { InputProblem } from '../sim/input/inputError.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import { type AccountAdvice, avoidedBy, recommendedTrial } from './accountAdvice.ts';
import type { Failure, ModeTrial } from './advice.ts';
import type { User } from './ownedSettings.ts';

/** A heading and what stands under it: lines, some of them commands. */
interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** What came of trying the modes on a server. */
export type ModesTried = Pick<AccountAdvice, 'recommended' | 'configured' | 'server' | 'wakes' | 'trials'>;

interface Line {
  readonly text: string;
  /** How to see it for oneself. */
  readonly command?: string;
}

const lineText = (line: number | null) => (line === null ? '' : ` (line ${line})`);

function settings({ findings }: AccountAdvice): Section {
  const lines = findings.map(({ severity, says, line }) => ({ text: `${severity}: ${says}${lineText(line)}` }));
  return { title: 'Settings', lines: lines.length === 0 ? [{ text: 'nothing to be said' }] : lines };
}

const prices: Readonly<Partial<Record<RegistrationModeName, string>>> = {
  continuous: 'Its price: every call, an outgoing one too, goes through the push server.',
  singleDeviceEmulation:
    'Its price: nobody is registered for a moment in each hand-over, so the server must hold calls.',
};

function recommendation(advice: ModesTried): Section {
  const { recommended, configured, server, wakes } = advice;
  const trial = recommendedTrial(advice);
  if (recommended === null || trial === null) {
    const text = wakes
      ? `every mode fails on ${server} on an ordinary day: see below what fails, and change the server first`
      : 'no push reaches this phone, so no mode wakes it: leave push off, and let the app run and stay registered';
    return { title: 'Recommended: none', lines: [{ text }] };
  }
  const title = `Recommended: RegistrationMode ${modeTitle(recommended)}${recommended === configured ? ', as configured' : ''}`;
  const price = prices[recommended];
  return {
    title,
    lines: [
      { text: `It fails in nothing on an ordinary day: ${trial.scope}.` },
      // The product article and the description of Continuous disagree on how the woken app gets the call.
      { text: 'Assumed: the push server hands the call that it holds to the woken app over their own connection.' },
      ...(price === undefined ? [] : [{ text: price }]),
    ],
  };
}

const verbs: Readonly<Record<string, string>> = {
  noInviteLost: 'loses calls',
  outgoingAlerts: 'fails calls that the user makes',
  noBlackout: 'leaves the user unreachable',
  singleRegistration: 'registers app and push server together',
  beliefMatches: 'lets a side believe to be registered when it is not',
  cleanLogout: 'stays registered after the log-out',
  otherDeviceStays: 'takes the registration from another device of the user',
  noFalseMissedCall: 'shows a call as missed that was answered on another device',
};

/** The first failure that weighs most; the properties of a trial come in the order of their weight. */
const worstOf = (failures: readonly Failure[]): Failure | undefined =>
  failures.find(({ property }) => property === 'noInviteLost') ?? failures[0];

function trialLine({ mode, everyday, rough }: ModeTrial, profile: string): Line {
  const worst = worstOf(everyday);
  if (worst === undefined) {
    const lost = new Set(rough.filter(({ property }) => property === 'noInviteLost').map(({ scenario }) => scenario));
    return {
      text: `${modeTitle(mode)} would do as well; where something breaks it loses calls in ${lost.size} scenarios`,
    };
  }
  return {
    text: `${modeTitle(mode)} ${verbs[worst.property] ?? `violates ${worst.property}`} in ${worst.scenario}: ${worst.sentence}`,
    command: commandFor(worst, mode, profile),
  };
}

const commandFor = ({ scenario, property, profile }: Failure, mode: RegistrationModeName, usual: string): string =>
  `ringproof check ${scenario} --mode ${registrationModes[mode].number} --profile ${profile ?? usual} --property ${property}`;

const others = ({ trials, recommended }: ModesTried, profile: string): Section => ({
  title: recommended === null ? 'The modes' : 'The other modes',
  lines: trials.filter(({ mode }) => mode !== recommended).map((trial) => trialLine(trial, profile)),
});

function changes({ changes: all, users }: AccountAdvice): Section {
  if (all.length === 0) return { title: 'Change', lines: [{ text: 'nothing' }] };
  const again = 'Every user then has to log out and in again (ProVu): until then the old settings are in force.';
  return {
    title: 'Change',
    lines: [
      ...all.map(({ key, value, line }) => ({ text: `${key} = ${value}${lineText(line)}` })),
      ...(users.length > 1 ? [{ text: `The same for each of the ${users.length} users.` }] : []),
      { text: again },
    ],
  };
}

function risks(advice: AccountAdvice, profile: string): Section[] {
  const trial = recommendedTrial(advice);
  if (trial === null) return [];
  const { mode } = trial;
  const lines = trial.rough.map((failure): Line => {
    const saved = avoidedBy(advice, failure.scenario, failure.property).map(modeTitle);
    const elsewhere = saved.length === 0 ? 'in every mode' : `not in ${saved.join(', ')}`;
    const verb = verbs[failure.property] ?? `violates ${failure.property}`;
    return {
      text: `${verb} in ${failure.scenario} (${elsewhere}): ${failure.sentence}`,
      command: commandFor(failure, mode, profile),
    };
  });
  return [{ title: 'Still at risk', lines: lines.length === 0 ? [{ text: 'nothing that was tried' }] : lines }];
}

/** The first names of a list that can be long, and how many more there are. */
function enumerated(names: readonly string[], most: number): string {
  const more = names.length - most;
  return more <= 1 ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${more} more`;
}

const userText = ({ name, line }: User): string => `${name}${lineText(line)}`;

/** Whose account it is, where the file tells users or profiles apart. */
function ownerText({ users, profile }: AccountAdvice): string {
  if (users.length > 0) return ` of ${enumerated(users.map(userText), 4)}`;
  return profile === null ? '' : ` of profile ${profile}`;
}

const heading = (advice: AccountAdvice): string =>
  `Account ${advice.account}${ownerText(advice)}${advice.address === null ? '' : `, ${advice.address}`}, on ${advice.server}`;

/** What the file says that was not looked at: what was not seen is not fine. */
function unseen({ unread, unnamed, usersWithoutAccount: users }: Advice): Section[] {
  const lines = [
    ...(unread.length === 0 ? [] : [{ text: `settings that are not about push: ${enumerated(unread, 12)}` }]),
    ...(unnamed === 0 ? [] : [{ text: `lines whose key is no name of a setting: ${unnamed}` }]),
    ...(users.length === 0 ? [] : [{ text: `users without an account here: ${enumerated(users.map(userText), 12)}` }]),
  ];
  return lines.length === 0 ? [] : [{ title: 'Not looked at', lines }];
}

/** The account before this one for which the same was found and recommended. */
const twinOf = (advice: AccountAdvice, all: readonly AccountAdvice[]): AccountAdvice | undefined =>
  all
    .slice(0, all.indexOf(advice))
    .find(
      ({ recommended, trials }) =>
        recommended === advice.recommended && JSON.stringify(trials) === JSON.stringify(advice.trials),
    );

function sectionsOf(advice: AccountAdvice, { accounts, profile, flags }: Advice): Section[] {
  const own = [settings(advice), recommendation(advice), changes(advice)];
  const twin = twinOf(advice, accounts);
  if (twin !== undefined) {
    const text = `as for account ${twin.account}${ownerText(twin)}`;
    return [...own, { title: 'The other modes, and what is still at risk', lines: [{ text }] }];
  }
  const options = `${profile}${flags}`;
  return [...own, others(advice, options), ...risks(advice, options)];
}

const problemText = ({ line, found, expected, hint }: InputProblem): string =>
  `found ${found}; expected ${expected}${hint === undefined ? '' : `; did you mean ${hint}?`}${lineText(line)}`;

/** Everything that `advise` has to say, to be written in one format or another. */
export interface Advice {
  readonly file: string;
  /** The server profile as the user named it. */
  readonly profile: string;
  /** Further options with which the commands show the same. */
  readonly flags: string;
  readonly problems: readonly InputProblem[];
  readonly accounts: readonly AccountAdvice[];
  /** The names of settings in the file that say nothing about push. */
  readonly unread: readonly string[];
  /** How many further settings have no name that can be shown. */
  readonly unnamed: number;
  readonly usersWithoutAccount: readonly User[];
}

/** How a text is made to stand out. */
export interface Emphasis {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

const sectionLines =
  ({ bold, dim }: Emphasis) =>
  ({ title, lines }: Section): string[] => [
    `  ${bold(title)}`,
    ...lines.flatMap(({ text, command }) => [
      `    ${text}`,
      ...(command === undefined ? [] : [dim(`      ${command}`)]),
    ]),
  ];

/** For a terminal. */
export function adviceAsText(advice: Advice, { bold, dim }: Emphasis): string {
  const { file, problems, accounts } = advice;
  const section = sectionLines({ bold, dim });
  return [
    ...(problems.length === 0
      ? []
      : [bold(`${file} has errors`), ...problems.map((one) => `  ${problemText(one)}`), '']),
    ...accounts.flatMap((one) => [bold(heading(one)), ...sectionsOf(one, advice).flatMap(section), '']),
    ...unseen(advice).flatMap(({ title, lines }) => [bold(title), ...lines.map(({ text }) => `  ${text}`)]),
  ]
    .join('\n')
    .trimEnd();
}

/** The recommended mode and what is wrong with the others, for a terminal. `profile` is what a command calls the server. */
export function modesAsText(advice: ModesTried, profile: string, emphasis: Emphasis): string {
  return [recommendation(advice), others(advice, profile)].flatMap(sectionLines(emphasis)).join('\n');
}

/** For a ticket or a page. */
export function adviceAsMarkdown(advice: Advice): string {
  const { file, problems, accounts } = advice;
  const item = ({ text, command }: Line) => `- ${text}${command === undefined ? '' : `  \n  \`${command}\``}`;
  const section = ({ title, lines }: Section) => [`### ${title}`, '', ...lines.map(item), ''];
  return [
    `# Push settings of ${file}`,
    '',
    ...(problems.length === 0 ? [] : ['## Errors', '', ...problems.map((one) => `- ${problemText(one)}`), '']),
    ...accounts.flatMap((one) => [`## ${heading(one)}`, '', ...sectionsOf(one, advice).flatMap(section)]),
    ...unseen(advice).flatMap(({ title, lines }) => [`## ${title}`, '', ...lines.map(item)]),
  ]
    .join('\n')
    .trimEnd();
}
