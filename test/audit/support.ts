import { auditCapture, type CaptureAudit } from '../../src/audit/auditCapture.ts';
import type { AuditOptions } from '../../src/audit/auditor.ts';
import type { AddressReport } from '../../src/audit/auditReport.ts';
import { captureOf, oneFile } from '../support/captures.ts';
import { app, pushServer, Traffic } from '../support/traffic.ts';

export const known = { pushServer: { address: pushServer.address, port: null } };

const auditOf = (traffic: Traffic, options: AuditOptions = { known }): Promise<CaptureAudit> =>
  auditCapture(oneFile(captureOf(traffic.sorted), 10_000), options);

/** The verdict, what keeps it from being another one, and what was found of the only address. */
export async function found(traffic: Traffic, options?: AuditOptions) {
  const { report, malformedMessages } = await auditOf(traffic, options);
  const { verdict, incomplete, addresses } = report;
  return { verdict, incomplete, malformedMessages, report, ...(addresses[0] as AddressReport) };
}

/** The push server goes at 10 s, the app comes at 10.2 s: nobody is registered in between. */
export const gap = () => new Traffic().register(0, pushServer).unregister(10_000, pushServer).register(10_200, app);
