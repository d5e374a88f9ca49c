import { answerChallenge, challengesOf, strongestPerRealm } from '../../../src/sip/message/digest.ts';
import type { Header, SipRequest, SipResponse } from '../../../src/sip/message/message.ts';
import type { ClientReport, TransactionLayer } from '../../../src/sip/transactions/transactionLayer.ts';
import type { Remote } from '../../../src/sip/transports/transport.ts';
import { newRequest, type RequestParts } from '../transactions/requests.ts';

/** Resolves with the final response; rejects with what came instead of one. */
export const finalOf = (layer: TransactionLayer, request: SipRequest, to: Remote): Promise<SipResponse> =>
  new Promise((resolve, reject) => {
    layer.request(request, to, (report: ClientReport) => {
      if (report.type === 'final') resolve(report.response);
      else if (report.type !== 'provisional') reject(new Error('reason' in report ? report.reason : report.type));
    });
  });

/** Sends a request, and once more with an answer where a challenge comes. */
export async function finalWithDigest(
  layer: TransactionLayer,
  method: string,
  { number = 1, headers = [], ...parts }: RequestParts,
  to: Remote,
): Promise<SipResponse> {
  const request = newRequest(method, { ...parts, headers, number });
  const first = await finalOf(layer, request, to);
  const answers: Header[] = strongestPerRealm(challengesOf(first)).map((challenge) =>
    answerChallenge(
      challenge,
      { username: 'alice', password: 'secret' },
      { method, uri: request.uri, cnonce: 'c', nonceCount: 1 },
    ),
  );
  if (answers.length === 0) return first;
  return finalOf(layer, newRequest(method, { ...parts, headers: [...headers, ...answers], number: number + 1 }), to);
}
