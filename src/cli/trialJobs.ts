import { totalmem } from 'node:os';
import { registrationModeNames } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import type { CheckJob } from '../sim/jobs/cell.ts';
import type { PushSettings } from '../stretto/settings.ts';
import { everydayTrials, propertiesTriedIn, roughTrials, trialOf } from '../stretto/trials.ts';
import { readScenario } from './files.ts';
import { type Adaptation, adapted } from './options.ts';

/** Where the modes are tried, and on how many processor cores at once. */
interface TrialOptions extends Adaptation {
  readonly server: ServerProfile;
  readonly jobs: number;
}

/** Every mode in every trial, with these settings. */
export function trialJobs(settings: PushSettings, { server, jobs, ...adaptation }: TrialOptions): CheckJob[] {
  const documents = [...everydayTrials, ...roughTrials].map((name) =>
    trialOf(name, adapted(readScenario(name), adaptation), settings),
  );
  return documents.flatMap((document) =>
    registrationModeNames.map((mode) => ({
      document,
      mode,
      server,
      properties: propertiesTriedIn(document.name),
      budget: { losses: 0, duplicates: 0 },
      maximumBytes: totalmem() / 2 / jobs,
      traces: false,
    })),
  );
}
