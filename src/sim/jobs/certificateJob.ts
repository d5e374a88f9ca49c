import type { Certificate } from '../certificate/certificate.ts';
import type { Progress } from '../check/engine/exploring.ts';
import { certify, type Uncertified } from '../check/questions/certify.ts';
import { propertyNamed } from '../properties/properties.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import { defineWorld } from '../sipWorld/definition.ts';
import type { CheckJob } from './cell.ts';
import { type InternalError, internalErrorOf, internalErrorText } from './internalError.ts';

/** A cell whose certificate is asked for: of properties that are known to hold there. Plain data, to be sent to a worker. */
export type CertificateJob = Pick<CheckJob, 'document' | 'mode' | 'server' | 'budget' | 'maximumBytes'> & {
  readonly certify: readonly string[];
};

/** A certificate as one line of a file, or why there is none. Plain data. */
export interface Certified {
  readonly line: string | null;
  readonly why: string;
  readonly internalError?: InternalError;
}

const reasons: Readonly<Record<Uncertified, string>> = {
  memory: 'the set of classes has no room in this memory',
  interrupted: 'interrupted',
  stopped: 'stopped',
  violated: 'a property is violated',
  order: 'a delayed message holds later ones of its link back beyond their windows',
};

/** Writes the certificate of a cell. */
export function certifyCell(job: CertificateJob, onProgress?: (progress: Progress) => boolean): Certified {
  const { document, mode, server, budget, maximumBytes } = job;
  try {
    const definition = defineWorld(scenarioIn(document, mode, server));
    const options = { budget, maximumBytes, ...(onProgress && { onProgress }) };
    const certificate: Certificate | Uncertified = certify(
      definition,
      job.certify.map(propertyNamed) as never,
      options,
    );
    return typeof certificate === 'string'
      ? { line: null, why: reasons[certificate] }
      : { line: JSON.stringify(certificate), why: '' };
  } catch (error) {
    return failedCertificate(error);
  }
}

/** What stands for a certificate whose making has failed inside. */
export function failedCertificate(error: unknown): Certified {
  const internalError = internalErrorOf(error);
  return { line: null, why: internalErrorText(internalError), internalError };
}
