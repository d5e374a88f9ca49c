import { type Params, paramsText, parseParams } from './params.ts';
import { recalling } from './recalling.ts';
import { isToken, splitOutside, trimBlanks } from './text.ts';
import { hostPortText, parseHostPort } from './uri.ts';

/** One hop (RFC 3261 20.42). */
export interface Via {
  /** In upper case: UDP, TCP, TLS. */
  readonly transport: string;
  /** The sent-by host, in lower case; an IPv6 address with its brackets. */
  readonly host: string;
  readonly port?: number;
  /** branch, received, rport and others. */
  readonly params: Params;
}

/** The sent-by without the white space that may stand around its colon (RFC 3261 25.1: COLON). */
function withoutBlanks(sentBy: string): string {
  const colon = sentBy.indexOf(':', sentBy.indexOf(']') + 1);
  return colon === -1
    ? trimBlanks(sentBy)
    : `${trimBlanks(sentBy.slice(0, colon))}:${trimBlanks(sentBy.slice(colon + 1))}`;
}

/**
 * Reads one Via value; undefined where it is malformed. White space may stand around the slashes (25.1: SLASH). Any
 * version will do, so that a request of an unknown one can be answered with 505.
 */
export const parseVia = recalling((text: string): Via | undefined => {
  const parts = splitOutside(text, ';');
  const head = /^SIP[ \t]*\/[ \t]*\d+\.\d+[ \t]*\/[ \t]*([^\s/]+)[ \t]+(\S.*)$/i.exec(parts?.[0] ?? '');
  const transport = head?.[1] ?? '';
  const hostPort = parseHostPort(withoutBlanks(head?.[2] ?? ''));
  const params =
    parts === undefined
      ? undefined
      : parseParams(
          parts
            .slice(1)
            .map((part) => `;${part}`)
            .join(''),
        );
  if (!isToken(transport) || hostPort === undefined || params === undefined) return undefined;
  return { transport: transport.toUpperCase(), ...hostPort, params };
});

/** The value as it stands in a header. */
export const viaText = (via: Via): string => `SIP/2.0/${via.transport} ${hostPortText(via)}${paramsText(via.params)}`;
