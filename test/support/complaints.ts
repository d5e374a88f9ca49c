import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { InputError } from '../../src/sim/input/inputError.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';

/** What is said about a scenario file; empty where nothing is. */
export function complaints(text: string): string {
  try {
    parseScenario(text, 'x.yaml', everyServerProfile);
    return '';
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
