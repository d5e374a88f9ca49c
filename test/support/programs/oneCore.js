// What runs beside other tests is told that it has one core: a second worker, which prints the same, would only load everything
// once more. Imported before the command.
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

os.availableParallelism = () => 1;
syncBuiltinESMExports();
