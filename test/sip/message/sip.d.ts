/** npm `sip` has no types: the part of its parser that is compared with ours. */
declare module 'sip' {
  interface Address {
    name?: string;
    uri: string;
    params: Record<string, string | null>;
  }
  interface Parsed {
    method?: string;
    uri?: string;
    status?: number;
    reason?: string;
    headers: {
      via: { protocol: string; host: string; port?: number; params: Record<string, string | null> }[];
      from: Address;
      to: Address;
      contact?: Address[];
      cseq: { seq: number; method: string };
      'call-id': string;
      [name: string]: unknown;
    };
    content: string;
  }
  export function parse(text: string): Parsed | undefined;
}
