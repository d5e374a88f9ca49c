import { rawPackets } from './captures.ts';

/** A frame of a link type, with a packet of IP somewhere in it. */
export interface Frame {
  readonly linkType: number;
  readonly data: Buffer;
}

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const macs = '020000000001 020000000002';

const raw = (data: Buffer): Frame => ({ linkType: 101, data });
const onEthernet = (type: string, ...parts: Buffer[]): Frame => ({
  linkType: 1,
  data: Buffer.concat([bytes(`${macs} ${type}`), ...parts]),
});
const ethernetOf = (ip: Buffer): Buffer => Buffer.concat([bytes(`${macs} ${ip[0] === 0x45 ? '0800' : '86dd'}`), ip]);

const ends = { source: { address: '10.9.0.1', port: 40_000 }, destination: { address: '10.9.0.2', port: 40_001 } };

/** A datagram from and to the port of a tunnel. */
function inUdp(port: number, ...parts: Buffer[]): Frame {
  const destination = { ...ends.destination, port };
  const [packet] = rawPackets([
    { atMs: 0, source: ends.source, destination, transport: 'udp', payload: Buffer.concat(parts) },
  ]);
  return raw(packet?.data ?? Buffer.alloc(0));
}

/** A packet of IPv4 of another protocol, with the checksum of its header. */
export function inIp(protocol: number, ...parts: Buffer[]): Frame {
  const payload = Buffer.concat(parts);
  const header = bytes('45000000 00010000 40000000 0a090001 0a090002');
  header.writeUInt16BE(20 + payload.length, 2);
  header[9] = protocol;
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  header.writeUInt16BE(~sum & 0xffff, 10);
  return raw(Buffer.concat([header, payload]));
}

const gre = (header: string, ...parts: Buffer[]): Frame => inIp(47, bytes(header), ...parts);

function ppp(ip: Buffer): Buffer {
  return Buffer.concat([bytes('0021'), ip]);
}

function pppoe(ip: Buffer): Buffer {
  const header = bytes('11000001 0000');
  header.writeUInt16BE(ip.length + 2, 4);
  return Buffer.concat([header, ppp(ip)]);
}

/** RFC 3032: label, and the bit that says that it is the last. */
const labels = bytes('00064040 000c8140');

function gtp(header: string, ip: Buffer, more = ''): Buffer {
  const head = bytes(`${header} 0000 00000007 ${more}`);
  head.writeUInt16BE(ip.length + head.length - 8, 2);
  return Buffer.concat([head, ip]);
}

function llc(header: string, ip: Buffer): Frame {
  const payload = Buffer.concat([bytes(header), ip]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(payload.length);
  return { linkType: 1, data: Buffer.concat([bytes(macs), length, payload]) };
}

/** What tshark reads through as well, by name. */
export const encapsulations: Readonly<Record<string, (ip: Buffer) => Frame>> = {
  'IP in IP': (ip) => inIp(4, ip),
  GRE: (ip) => gre('0000 0800', ip),
  'GRE with checksum, key and sequence number': (ip) => gre('b000 0800 00000000 00000007 00000001', ip),
  'GRE with Ethernet in it': (ip) => gre('0000 6558', ethernetOf(ip)),
  'GRE of PPTP': (ip) => {
    const header = bytes('3081 880b 0000 0007 00000001 00000001');
    header.writeUInt16BE(ip.length + 2, 4);
    return inIp(47, header, ppp(ip));
  },
  'ERSPAN, type I': (ip) => gre('0000 88be', ethernetOf(ip)),
  'ERSPAN, type II': (ip) => gre('1000 88be 00000001 1005 0001 00000002', ethernetOf(ip)),
  'ERSPAN, type III': (ip) => gre('1000 22eb 00000001 2005 0001 00000002 0000 0000', ethernetOf(ip)),
  VXLAN: (ip) => inUdp(4789, bytes('08000000 00000700'), ethernetOf(ip)),
  'VXLAN-GPE': (ip) => inUdp(4790, bytes('0c000001 00000700'), ip),
  GENEVE: (ip) => inUdp(6081, bytes('0000 6558 00000700'), ethernetOf(ip)),
  'GENEVE with options': (ip) => inUdp(6081, bytes('0200 0800 00000700 0100 8001 00000000'), ip),
  'GTP-U': (ip) => inUdp(2152, gtp('30ff', ip)),
  'GTP-U with a sequence number': (ip) => inUdp(2152, gtp('32ff', ip, '0001 00 00')),
  'GTP-U with an extension header': (ip) => inUdp(2152, gtp('34ff', ip, '0000 00 85 01 0000 00')),
  MPLS: (ip) => onEthernet('8847', labels, ip),
  'MPLS in IP': (ip) => inIp(137, labels, ip),
  'MPLS in UDP': (ip) => inUdp(6635, labels, ip),
  PPPoE: (ip) => onEthernet('8864', pppoe(ip)),
  'PPPoE in a VLAN': (ip) => onEthernet('8100 0005 8864', pppoe(ip)),
  'LLC with SNAP': (ip) => llc('aaaa03 000000 0800', ip),
  'LLC with IP': (ip) => llc('060603', ip),
  L2TP: (ip) => inUdp(1701, bytes('0002 0001 0001'), bytes('ff03'), ppp(ip)),
  'authentication header': (ip) => inIp(51, bytes('04040000 00000001 00000001 000000000000000000000000'), ip),
  PPP: (ip) => ({ linkType: 9, data: Buffer.concat([bytes('ff03'), ppp(ip)]) }),
  'HDLC of Cisco': (ip) => ({ linkType: 104, data: Buffer.concat([bytes('0f00 0800'), ip]) }),
  'VXLAN in GRE in MPLS': (ip) => {
    const vxlan = inUdp(4789, bytes('08000000 00000700'), ethernetOf(ip)).data;
    return onEthernet('8847', labels, gre('0000 0800', vxlan).data);
  },
};
