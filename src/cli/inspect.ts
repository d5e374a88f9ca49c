import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import { inflateRawSync, inflateSync } from 'node:zlib';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Boot, Offered } from '../inspector/model/boot.ts';
import { experimentOf, seededExperiment } from '../inspector/model/experiment.ts';
import { bytesIn, formatOf, fragmentIn } from '../inspector/model/fragment.ts';
import { linkedOf } from '../inspector/model/linked.ts';
import { eventsOfRecording, isRecording, type Recording } from '../inspector/model/recording.ts';
import { isReport, parseReport } from '../inspector/model/report.ts';
import { type Shown, startInspector } from '../inspector/server/server.ts';
import { siteFile, writeSite } from '../inspector/server/site.ts';
import { isModule } from '../library/loadModule.ts';
import { describeSystemError } from '../library/systemError.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { type ServerProfileName, serverProfiles } from '../profiles/servers.ts';
import { parseTrace, replay } from '../sim/run/replay.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';
import { modeProblems } from '../sim/scenarioFile/ofOneDesign.ts';
import { resolveScenario } from '../sim/scenarioFile/resolve.ts';
import { type CaptureChoice, refuseCaptureOptions, withCaptureOptions } from './captureOptions.ts';
import { isCapture, shownCapture } from './captureView.ts';
import {
  bundledNames,
  only,
  readScenario,
  readText,
  refuse,
  refuseUnreadable,
  shellWord,
  standardStream,
} from './files.ts';
import { InspectedModule } from './inspectedModule.ts';
import { pasteable } from './invocation.ts';
import { placeFlags } from './moduleRuns.ts';
import { modeOption, profileOption, seedOption, wholeNumber } from './options.ts';
import { print } from './output.ts';

interface Options extends CaptureChoice {
  readonly mode?: ModeName;
  readonly profile?: ServerProfile;
  readonly seed: number;
  readonly port: number;
  readonly output?: string;
  readonly force?: boolean;
  readonly hostedViewer?: string | true;
}

/** A browser can hold a trace of this size, and hardly one that is larger. */
const largestTraceBytes = 200 * 2 ** 20;

type Place = Pick<Options, 'mode' | 'profile'>;

function offeredIn(document: ScenarioDocument, { mode, profile }: Place, folder: string | null): Offered {
  const overrides = { ...(mode && { mode }), ...(profile && { server: profile }) };
  return { scenario: resolveScenario(document, everyServerProfile, overrides), document, folder };
}

/** The scenario that was given. Throws an InputError where the mode is none for it. */
const named = (name: string, place: Place): Offered =>
  offeredIn(readScenario(name, undefined, { modes: only(place.mode) }), place, null);

/** A bundled scenario beside it: in its own mode where the one that was named is none for it. */
function offered(name: string, { mode, profile }: Place, folder: string | null): Offered {
  const document = readScenario(name);
  const isFit = mode !== undefined && modeProblems(document, mode).length === 0;
  return offeredIn(document, { ...(isFit && { mode }), ...(profile && { profile }) }, folder);
}

/** What has happened has its mode and its server. */
function refuseRunOptions({ mode, profile }: Options): void {
  if (mode === undefined && profile === undefined) return;
  refuse(mode ? '--mode' : '--profile', 'an option for a new run', 'none: the page changes it, once the trace is open');
}

/** A trace; the report of a check, of which the first violated cell is shown; or what applications have sent. */
function openFile(file: string, options: Options): Pick<Boot, 'opened' | 'report' | 'recording'> {
  refuseRunOptions(options);
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > largestTraceBytes) {
    refuse(file, `a trace of ${Math.round(bytes / 2 ** 20)} MiB`, `at most ${largestTraceBytes / 2 ** 20} MiB`);
  }
  const text = readText(file);
  const value = parsedJson(text);
  const nothing = { opened: null, report: null, recording: null };
  if (isRecording(value))
    return { ...nothing, recording: { file: basename(file), events: recordedEvents(value, file), run: null } };
  if (!isReport(value)) return { ...nothing, opened: experimentOf(replay(parseTrace(text, file), file)) };
  const report = parseReport(value, file);
  const violated = report.find(({ verdict, experiment }) => verdict === 'violated' && experiment !== null);
  return { ...nothing, opened: violated?.experiment ?? null, report };
}

function recordedEvents(value: unknown, file: string): Recording['events'] {
  try {
    return eventsOfRecording(value);
  } catch (error) {
    return refuse(file, `a broken recording (${(error as Error).message})`, 'one that the inspector has exported');
  }
}

/** The value of a JSON text; undefined where it is none, which whoever reads it further will say. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const usualViewer = 'https://stately.ai/inspect';

const isLoopback = ({ hostname }: URL): boolean => hostname === 'localhost' || hostname === '127.0.0.1';

/** The page that runs may be sent to. Over a network only what is encrypted. */
function parseViewer(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))) return url.href;
  throw new InvalidArgumentError('expected an address that begins with https://, or http:// on this machine');
}

/** The captures, where those are given: there may be several, and of all else one. */
function capturesIn(given: readonly string[]): readonly string[] {
  if (given.includes('-')) refuse('-', 'standard input', 'a file, which is read a second time where it is a capture');
  if (!given.some(isCapture)) {
    if (given.length > 1)
      refuse(given[1] ?? '', 'a second file', 'one scenario, trace or report; captures may be several');
    return [];
  }
  for (const file of given) {
    refuseUnreadable(file, 'a capture file');
    if (!isCapture(file)) refuse(file, 'no capture, beside one', 'a pcap or pcapng file');
  }
  return given;
}

/** The scenarios that come with Ringproof, in the mode and on the server that were named. */
const bundled = (options: Options): readonly Offered[] => [
  ...bundledNames().map((name) => offered(name, options, null)),
  ...(['calls', 'designs', 'field'] as const).flatMap((folder) =>
    bundledNames(folder).map((name) => offered(name, options, folder)),
  ),
];

/** What the page is given, and the module whose machines the server has, with its run for whoever listens. */
interface Started extends Omit<Shown, 'scenarios'> {
  readonly machines?: InspectedModule;
}

/** Whoever listens may be an application as well, which is not sent away for what is wrong with the module. */
function withoutRun({ message }: Error): [] {
  process.stderr.write(`Whoever listens now gets no run: ${message}\n`);
  return [];
}

/** A module: served, its runs are made as they are asked for; a site has the one run as it is recorded. */
async function startedModule(given: string, nothing: Boot, { mode, profile, seed, output }: Options): Promise<Started> {
  const machines = new InspectedModule(given, { mode, profile });
  try {
    if (output !== undefined) {
      const place = placeFlags({ mode: mode ?? null, profile: profile ?? null });
      const again = `inspect ${shellWord(given)}${place} --seed ${seed}`;
      return { boot: { ...nothing, recording: await machines.ask('recorded', seed, again) } };
    }
    const opened = await machines.ask('opened', seed);
    const module = machines.name();
    const run = () => machines.ask('sent', seed).catch(withoutRun);
    return { boot: { ...nothing, module, opened: { ...opened, module } }, machines, run };
  } catch (error) {
    machines.close();
    throw error;
  } finally {
    if (output !== undefined) machines.close();
  }
}

async function startedWith(files: readonly string[], options: Options, command: Command): Promise<Started> {
  const captures = capturesIn(files);
  const [given] = files;
  const compared = { server: options.profile ?? null, seed: options.seed };
  const viewer = options.hostedViewer === true ? usualViewer : (options.hostedViewer ?? null);
  const nothing: Boot = {
    own: null,
    bundled: { profiles: everyServerProfile, kinds: Object.keys(serverProfiles) as ServerProfileName[] },
    compared,
    module: null,
    opened: null,
    report: null,
    recording: null,
    capture: null,
    viewer,
  };
  if (captures.length > 0) {
    refuseRunOptions(options);
    return { boot: { ...nothing, capture: await shownCapture(captures, options) } };
  }
  refuseCaptureOptions(command);
  if (given === undefined) return { boot: nothing };
  if (isModule(given)) return startedModule(given, nothing, options);
  if (given.endsWith('.json')) return { boot: { ...nothing, ...openFile(given, options) } };
  const own = named(given, options);
  return { boot: { ...nothing, own, opened: seededExperiment(own.scenario, options.seed) } };
}

/** A link that unpacks to more than this is none of ours. */
const largestLinkBytes = 64 * 2 ** 20;

const refuseLink = (found: string): never =>
  refuse(
    'the link',
    found,
    'a link as the inspector copies it: what follows the # of its address, such as #step=19&run=… or #server=meant&seed=1',
  );

/** What was given as a link, and is none, is no missing file either. */
function refuseBrokenLink(given: string): void {
  if (!/^(https?:\/\/|#)/i.test(given)) return;
  const [, fragment] = /#(.*)$/s.exec(given) ?? [];
  if (fragment === undefined) refuseLink('an address without a #');
  if (fragment?.trim() === '') refuseLink('nothing behind the #');
  if (/\s/.test(fragment?.trim() ?? '')) refuseLink('a space or a line break in it');
  const [name] = fragment?.split(/[=&]/) ?? [];
  refuseLink(`${name}, and neither run= nor server=`);
}

/** What a link to the overview says where each mode is on the server that it is meant for. */
const meantServers = 'meant';

/** Makes sure that a link can be opened. */
function checkLink(fragment: string): void {
  const said = new URLSearchParams(fragment);
  const [packed, server] = [said.get('run'), said.get('server')];
  if (packed === null) {
    if (server !== meantServers && !Object.hasOwn(everyServerProfile, server ?? ''))
      refuseLink(`the server ${server}, which is not known here`);
    return;
  }
  let value: unknown;
  try {
    const inflate = formatOf(packed) === 'deflate' ? inflateSync : inflateRawSync;
    value = JSON.parse(inflate(bytesIn(packed), { maxOutputLength: largestLinkBytes }).toString());
  } catch {
    refuseLink('one that is damaged');
  }
  try {
    linkedOf(value);
  } catch (error) {
    refuseLink(`none of this release (${(error as Error).message})`);
  }
}

/** Refuses a place where no site can be written, and to write over another one unless that was said. */
function refuseSite(place: string, force: boolean): void {
  const file = siteFile(place);
  if (place === standardStream) refuse('--output -', 'standard output', 'a folder, or a file .html in one');
  if (existsSync(file) && !force) refuse(file, 'a file that already exists', 'a new place, or --force to overwrite it');
}

/** Writes the page as a site, and says what it is of a module: all that works there of a bundled scenario does not of one. */
function output(boot: Boot, scenarios: readonly Offered[], place: string): void {
  const file = siteFile(place);
  try {
    writeSite({ ...boot, viewer: null }, scenarios, place);
  } catch (error) {
    refuse(file, describeSystemError(error), 'a place that can be written');
  }
  print(`${file} opens from disk and from any web server.`);
  const run = boot.recording?.run;
  if (run == null) return;
  print(
    `It is a recording of one run, seed ${run.seed}: a site has no machines of yours, so it has neither proof nor what if.`,
  );
  print(`Both are in: ${pasteable(run.again)}`);
}

async function run(given: readonly string[], options: Options, command: Command): Promise<void> {
  const [last = ''] = given.slice(-1);
  const isLinked = given.length === 1 || (given.length === 2 && isModule(given[0] ?? ''));
  // A file may have a space in its name; what a shell has kept of a link in two is none.
  const fragment = isLinked && !/\s/.test(last.trim()) ? fragmentIn(last) : null;
  if (fragment !== null) checkLink(fragment);
  else if (isLinked) refuseBrokenLink(last);
  if (options.output !== undefined) refuseSite(options.output, options.force ?? false);
  const shown = await startedWith(fragment === null ? given : given.slice(0, -1), options, command);
  const { boot, machines } = shown;
  if (options.output !== undefined) {
    output(boot, bundled(options), options.output);
    return;
  }
  try {
    const { url, inspectUrl } = await startInspector({ ...shown, scenarios: () => bundled(options) }, options.port);
    print(`The inspector is at ${url}${fragment === null ? '' : `#${fragment}`}`);
    print(`XState 5 applications show up in it with createWebSocketInspector({ url: '${inspectUrl}' })`);
    if (boot.viewer !== null) {
      print(`What you send from the page to the hosted viewer leaves this machine for ${boot.viewer}`);
    }
    print('It answers to this machine only; Ctrl-C ends it.');
  } catch (error) {
    machines?.close();
    const { code, message } = error as NodeJS.ErrnoException;
    const found = code === 'EADDRINUSE' ? 'a port that is in use' : message;
    refuse(`--port ${options.port}`, found, 'a free one, or no --port to have one chosen');
  }
}

/** `ringproof inspect`: the run in a browser. */
export const inspectCommand = () =>
  withCaptureOptions(
    new Command('inspect')
      .argument(
        '[scenario...]',
        'scenario file, name of a bundled one, trace, report of check or recording of applications (.json), captures (pcap, pcapng), or a link; without it, all bundled ones',
      )
      .addOption(modeOption())
      .addOption(profileOption())
      .addOption(seedOption())
      .option('--port <number>', 'port on 127.0.0.1; 0 takes any that is free', wholeNumber(0, 65_535), 0)
      .option(
        '--output <place>',
        'write the page as a site that needs no server of its own, instead of serving it: a folder, or a file .html; of a module one run, as a recording',
      )
      .option('--force', 'overwrite the site that is there')
      .addOption(
        new Option(
          '--hosted-viewer [address]',
          `offer to send a run or an application to a viewer elsewhere, by default ${usualViewer}: data leave this machine`,
        ).argParser(parseViewer),
      )
      .optionsGroup('Options for captures:'),
  ).action(run);
