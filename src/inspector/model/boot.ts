import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { everyServerProfile } from '../../profiles/furtherServers.ts';
import type { ServerProfileName } from '../../profiles/servers.ts';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../sim/scenarioFile/document.ts';
import type { ShownCapture } from './capture.ts';
import type { Experiment, ModuleName } from './experiment.ts';
import type { OpenRecording } from './recording.ts';
import type { ReportCell } from './report.ts';

/** A scenario that the page offers. */
export interface Offered {
  readonly scenario: Scenario;
  /** As it stands in its file, to be exported again; null where it came with a trace. */
  readonly document: ScenarioDocument | null;
  /** The folder of the examples that it is from; null where it is one of those that the overview compares. */
  readonly folder: string | null;
}

/** On which server modes are compared: on one, or null for each on the kind of server that it is meant for. */
export type ComparedServer = ServerProfile | null;

/** The servers that come with Ringproof, by name, and which of them are kinds of server rather than products. */
export interface BundledServers {
  readonly profiles: typeof everyServerProfile;
  readonly kinds: readonly ServerProfileName[];
}

/** What the page is given: everything else it asks for, or works out by itself. */
export interface Boot {
  /** The scenario that is open, where one is. */
  readonly own: Offered | null;
  readonly bundled: BundledServers;
  /** What the overview compares at first. */
  readonly compared: { readonly server: ComparedServer; readonly seed: number };
  /** The module of the user's that the server has the machines of; null where there is none. */
  readonly module: ModuleName | null;
  /** What is open at first; null for the overview. */
  readonly opened: Experiment | null;
  /** The verdicts of the report that is open, in its order; null where there is none. */
  readonly report: readonly ReportCell[] | null;
  /** What applications have sent, from a file that is open; null where there is none. */
  readonly recording: OpenRecording | null;
  /** The calls of the capture that is open; null where none is. */
  readonly capture: ShownCapture | null;
  /** The page elsewhere that runs may be sent to, because the user asked for it; null where nothing leaves the machine. */
  readonly viewer: string | null;
}
