import { parseScenario } from '../../sim/scenarioFile/parse.ts';
import { resolveScenario } from '../../sim/scenarioFile/resolve.ts';
import type { ScenarioAnswers } from '../model/readers.ts';
import { answering } from '../model/worker.ts';

answering<ScenarioAnswers>({
  scenario(text, file, servers) {
    const document = parseScenario(text, file, servers);
    return { scenario: resolveScenario(document, servers), document, folder: null };
  },
});
