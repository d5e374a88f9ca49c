import process from 'node:process';
import { parseCertificate } from '../src/sim/certificate/certificate.ts';
import { certify } from '../src/sim/check/questions/certify.ts';
import { check } from '../src/sim/check/questions/check.ts';
import { defineWorld } from '../src/sim/sipWorld/definition.ts';
import { verify } from '../src/verify/verify.ts';
import { bundled, inCell } from './exampleWorlds.ts';

const modes = ['standard', 'singleDeviceEmulation', 'continuous', 'singleDeviceTakeover'];

/** The result of something, and the seconds of CPU time that it took. */
function timed<Result>(compute: () => Result): [Result, number] {
  const before = process.cpuUsage();
  const result = compute();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1e6];
}

/** What the verdicts of the bundled scenarios on one server take: to be found, to be written as certificates, to be judged again. */
export function benchCertificates(): string {
  let [found, written, verified, classes, bytes, cells] = [0, 0, 0, 0, 0, 0];
  for (const document of bundled) {
    for (const mode of modes) {
      const world = defineWorld(inCell(document, mode, 'multi'));
      const [{ decisions }, finding] = timed(() => check(world));
      const names = decisions.filter(({ verdict, witnessed }) => verdict === 'holds' && witnessed);
      const holding = world.properties.filter(({ name }) => names.some(({ property }) => property === name));
      const [text, writing] = timed(() => JSON.stringify(certify(world, holding, {})));
      const [proof, verifying] = timed(() => verify(parseCertificate(text, document.name)));
      [found, written, verified] = [found + finding, written + writing, verified + verifying];
      [classes, bytes, cells] = [classes + proof.classes, bytes + text.length, cells + 1];
    }
  }
  return [
    `certificates of ${cells} cells: ${classes.toLocaleString('en-US')} classes, ${Math.round(bytes / classes)} bytes a class;`,
    `found in ${found.toFixed(1)} s of CPU time, written in ${written.toFixed(1)} s more, verified in ${verified.toFixed(1)} s:`,
    `verified / found = ${(verified / found).toFixed(2)}, verified / (found and written) = ${(verified / (found + written)).toFixed(2)}`,
  ].join(' ');
}
