import type { OutgoingFailureCode } from '../machines/messages.ts';
import { addressesOf, contactsOf, headerValue } from '../sip/message/headers.ts';
import { type Header, noBody, type SipResponse } from '../sip/message/message.ts';
import { serialise } from '../sip/message/serialise.ts';
import { uriText } from '../sip/message/uri.ts';
import { type SipSocket, viaOf } from './sipSocket.ts';

/** A request; sequence, branch and credentials change when it has been challenged. */
export interface ClientRequest {
  readonly method: string;
  readonly uri: string;
  readonly to: string;
  sequence: number;
  branch: string;
  readonly more: readonly Header[];
  readonly body: Uint8Array;
  credentials: readonly Header[];
}

/** A dialog that a 2xx established (RFC 3261 12.1.2), with the branch of its ACK. */
export interface ClientDialog {
  readonly to: string;
  readonly remoteTarget: string;
  /** In the order of use. */
  readonly routes: readonly string[];
  readonly ackBranch: string;
}

/** What all requests of the one who calls have in common (RFC 3261 8.1.1). */
export interface ClientCall {
  readonly callId: string;
  readonly from: string;
}

/** The datagram for a request that leaves through a socket. */
export function requestBytes({ callId, from }: ClientCall, through: SipSocket, request: ClientRequest): Uint8Array {
  const { method, uri, to, sequence, branch, more, body, credentials } = request;
  const headers: Header[] = [
    { name: 'Via', value: viaOf(through, branch) },
    { name: 'Max-Forwards', value: '70' },
    { name: 'From', value: from },
    { name: 'To', value: to },
    { name: 'Call-ID', value: callId },
    { name: 'CSeq', value: `${sequence} ${method}` },
    ...more,
    ...credentials,
  ];
  return serialise({ kind: 'request', method, uri, headers, body });
}

/** The dialog of a 2xx; what that does not say is as it was addressed. */
export function dialogOf(response: SipResponse, addressed: string, ackBranch: string): ClientDialog {
  const listed = contactsOf(response);
  const [answerer] = listed === '*' ? [] : listed;
  return {
    to: headerValue(response, 'To') ?? `<${addressed}>`,
    remoteTarget: answerer === undefined ? addressed : uriText(answerer.uri),
    // RFC 3261 12.1.2: the Record-Route of the answer in reverse.
    routes: addressesOf(response, 'Record-Route')
      .map(({ uri }) => `<${uriText(uri)}>`)
      .reverse(),
    ackBranch,
  };
}

/** A request within a dialog, along its routes (12.2.1.1). */
export const inDialog = (
  { to, remoteTarget, routes }: ClientDialog,
  request: Pick<ClientRequest, 'method' | 'sequence' | 'branch'> & Partial<Pick<ClientRequest, 'more' | 'credentials'>>,
): ClientRequest => ({
  ...{ to, uri: remoteTarget, body: noBody, credentials: [], ...request },
  more: [...routes.map((value) => ({ name: 'Route', value })), ...(request.more ?? [])],
});

/** A request of the INVITE's own transaction: its CANCEL, or the ACK of its failure (RFC 3261 9.1, 17.1.1.3). */
export const besideInvite = (invite: ClientRequest, method: 'CANCEL' | 'ACK', to: string): ClientRequest => ({
  ...{ ...invite, method, to, more: [], body: noBody, credentials: [] },
});

const modelled: readonly OutgoingFailureCode[] = [403, 404, 408, 477, 480, 482, 486, 487, 500, 503, 603];

/** The failure of the model that stands for a status of a real server. */
export function failureCode(status: number): OutgoingFailureCode {
  const same = modelled.find((code) => code === status);
  if (same !== undefined) return same;
  if (status >= 600) return 603;
  return status >= 500 ? 503 : 480;
}
