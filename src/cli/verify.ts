import { closeSync, openSync, readSync } from 'node:fs';
import process from 'node:process';
import { Command } from 'commander';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { type Certificate, limits, parseCertificate } from '../sim/certificate/certificate.ts';
import { canonical } from '../sim/data/canonical.ts';
import { InputError } from '../sim/input/inputError.ts';
import { properties } from '../sim/properties/properties.ts';
import { scenarioIn } from '../sim/scenarioFile/resolve.ts';
import { Refusal } from '../verify/refusal.ts';
import { verify } from '../verify/verify.ts';
import { readScenario, refuse, refuseUnreadable } from './files.ts';
import { checkedWords, modeOption, oneOf, profileOption, propertyWords, wholeNumber } from './options.ts';
import { colours, exitCodes, print } from './output.ts';

interface VerifyOptions {
  readonly scenario?: string;
  readonly mode?: ModeName;
  readonly profile?: ServerProfile;
  readonly property?: string[];
  readonly faults: number;
  readonly duplicates: number;
  readonly format: 'text' | 'json';
}

/** What became of one certificate. */
interface Judged {
  readonly file: string;
  readonly line: number;
  readonly verdict: 'accepted' | 'refused';
  readonly scenario: string;
  readonly mode: string;
  readonly profile: string;
  readonly properties: readonly string[];
  readonly faults: Certificate['faults'];
  readonly classes: number | null;
  /** Why it was refused. */
  readonly reason: string | null;
}

/** The lines of a file, one at a time; of one that is longer than any certificate, nothing. */
function* linesOf(file: string): Generator<string> {
  refuseUnreadable(file, 'a file of certificates');
  const descriptor = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(1 << 20);
    let [parts, bytes]: [Buffer[], number] = [[], 0];
    for (let count = readSync(descriptor, chunk); count > 0; count = readSync(descriptor, chunk)) {
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0 && end < count; end = chunk.indexOf(10, from)) {
        yield Buffer.concat([...parts, chunk.subarray(from, end)]).toString('utf8');
        [parts, bytes, from] = [[], 0, end + 1];
      }
      parts.push(Buffer.from(chunk.subarray(from, count)));
      bytes += count - from;
      if (bytes > limits.bytes) refuse(file, 'a line of more than 128 MiB', 'certificates, one a line');
    }
    if (bytes > 0) yield Buffer.concat(parts).toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Refuses a certificate that is about something else than the user names, or promises less. */
function refuseOthers({ scenario, faults, ...certificate }: Certificate, options: VerifyOptions): void {
  const { scenario: named, mode = scenario.mode.name as ModeName, property = [] } = options;
  const server = options.profile ?? everyServerProfile[scenario.server.name as keyof typeof everyServerProfile];
  const isOther =
    scenario.mode.name !== mode ||
    (options.profile !== undefined && canonical(scenario.server) !== canonical(options.profile)) ||
    (named !== undefined &&
      (server === undefined ||
        canonical(scenario) !== canonical(scenarioIn(readScenario(named, server), mode, server))));
  if (isOther) throw new Refusal('it is of another scenario, mode or server than those that were named');
  const missing = property.find((name) => !certificate.properties.includes(name));
  if (missing !== undefined) throw new Refusal(`it says nothing of ${missing}`);
  if (faults.losses < options.faults || faults.duplicates < options.duplicates)
    throw new Refusal(`it allows only ${faults.losses} lost and ${faults.duplicates} doubled messages`);
}

function judged(file: string, line: number, text: string, options: VerifyOptions): Judged {
  const certificate = parseCertificate(text, `${file}:${line}`);
  const { scenario, faults } = certificate;
  const about = { scenario: scenario.name, mode: scenario.mode.name, profile: scenario.server.name, faults };
  const common = { file, line, ...about, properties: certificate.properties };
  try {
    refuseOthers(certificate, options);
    const { classes } = verify(certificate);
    return { ...common, verdict: 'accepted', classes, reason: null };
  } catch (error) {
    if (error instanceof Refusal) return { ...common, verdict: 'refused', classes: null, reason: error.message };
    if (error instanceof InputError) throw error;
    // A scenario that no file gave can be one that no world can be made of.
    return refuse(
      `${file}:${line}`,
      `a scenario that cannot be run (${(error as Error).message})`,
      'one that `check` wrote',
    );
  }
}

function show({ verdict, scenario, mode, profile, faults, ...one }: Judged): void {
  const word = verdict === 'accepted' ? colours.green(verdict) : colours.red(verdict);
  const budget = faults.losses + faults.duplicates === 0 ? '' : `, ${faults.losses} lost, ${faults.duplicates} doubled`;
  const result = one.reason ?? `${one.properties.join(', ')} (${one.classes} classes)`;
  print(`${word}  ${scenario}, ${mode} on ${profile}${budget}: ${result}`);
}

function run(files: readonly string[], options: VerifyOptions): void {
  if (options.property)
    checkedWords(
      '--property',
      options.property,
      properties.map(({ name }) => name),
    );
  const all = files.flatMap((file) => {
    const found: Judged[] = [];
    let line = 0;
    for (const text of linesOf(file)) {
      line++;
      if (text.trim() === '') continue;
      const one = judged(file, line, text, options);
      if (options.format === 'text') show(one);
      found.push(one);
    }
    if (found.length === 0) refuse(file, 'no certificate', 'certificates that `check --certificate` wrote, one a line');
    return found;
  });
  if (options.format === 'json') print(JSON.stringify({ version: 1, certificates: all }, null, 1));
  const refused = all.filter(({ verdict }) => verdict === 'refused').length;
  if (options.format === 'text') print(`${all.length - refused} of ${all.length} certificates accepted.`);
  process.exitCode = refused > 0 ? exitCodes.violated : exitCodes.holds;
}

/** `ringproof verify`: a second opinion on what holds. */
export const verifyCommand = () =>
  new Command('verify')
    .argument('<file...>', 'files that `check --certificate` wrote')
    .option('--scenario <scenario>', 'scenario file or name of a bundled one that they must be of')
    .addOption(modeOption())
    .addOption(profileOption())
    .option('--property <names>', 'properties that each must prove, joined by commas', propertyWords())
    .option('--faults <number>', 'lost messages that each must allow', wholeNumber(0, 5), 0)
    .option('--duplicates <number>', 'doubled messages that each must allow', wholeNumber(0, 5), 0)
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action(run);
