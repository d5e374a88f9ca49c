import { InputError } from '../input/inputError.ts';

/** What does not fit, said of the module in which it stands; a property keeps its name. */
export const ofModule = ({ file, problems }: Pick<InputError, 'file' | 'problems'>, module: string): InputError =>
  new InputError({ file: file.startsWith('property ') ? `${module}, ${file}` : module, problems });
