import { fileURLToPath } from 'node:url';
import { InputError } from '../sim/input/inputError.ts';

/** The path of what a URL names. Throws an InputError for one that names no file of this machine. */
export function fileOfUrl(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch {
    const problem = {
      line: null,
      found: 'a URL that names no file here',
      expected: 'a path, or a URL such as file:///mine.ts',
    };
    throw new InputError({ file: url.href, problems: [problem] });
  }
}
