import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { captureOf } from '../support/captures.ts';
import { ringproof } from '../support/commandLine.ts';
import { app, pushServer, Traffic } from '../support/traffic.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const capture = 'examples/captures/call-in-the-gap.pcapng';
const args = ['audit', capture, '--push-server', '203.0.113.9', '--width', '100'];

/** A day in Single Device Emulation: the app is opened and left, and the second call comes just then. */
const day = () =>
  new Traffic()
    .register(0, pushServer)
    .call(4_000, { to: [pushServer] })
    .unregister(10_000, pushServer)
    .call(10_125, { finalMs: 20, final: '480 Temporarily Unavailable' })
    .register(10_200, app)
    .call(20_000, { to: [app], final: '486 Busy Here' })
    .unregister(30_000, app)
    .register(30_150, pushServer)
    .call(40_000, { to: [pushServer] });

const run = () => ringproof(...args).stdout;

const page = () =>
  `${[
    '# Audit',
    '',
    '`ringproof audit CAPTURE` judges real traffic: a pcap or pcapng file from a SIP server, a push server or the network in',
    'front of them. It only reads; nothing is sent. A capture may be larger than memory.',
    '',
    '```sh',
    "tcpdump -i any -s 0 -w capture.pcap 'port 5060'",
    'ringproof audit capture.pcap --push-server 203.0.113.9',
    '```',
    '',
    `\`ringproof ${args.join(' ')}\``,
    '',
    '```text',
    run().trimEnd(),
    '```',
    '',
    '## What is judged',
    '',
    '- **Who registers.** `--push-server` or `--app` (IP or IP:PORT) says who is who; any other party is the other one. Without',
    '  them, a User-Agent with `push` or `sipis` in it is the push server, and a Contact with `pn-provider` is the app (RFC 8599).',
    '  A party of which neither can be said keeps its address as its name. Call-ID, instance-id, contact, source address, a user',
    '  part that the device has made up, and host tell the parties apart. A contact that the registrar lists in its own words',
    '  (without `;transport=`, with the address that it came from, with `received`) is the one that was sent.',
    '- **Gaps.** A gap lasts from the un-REGISTER (or the expiry) of the last binding to the next REGISTER. The server changes its',
    '  table at some time between request and reply. So the gap is at most from the request to the reply, and at least from the',
    '  reply to the request. An INVITE within the longer interval belongs to the gap.',
    '- **Double registrations.** App and push server are registered at once. Two devices of which it is not known that one is the',
    '  push server are listed and are no fault. Some registrars list only the contact that was just sent in their 200. Then an',
    '  INVITE has to show whether the old one remained; until then the registration is doubtful.',
    '- **Lost calls.** A call is lost where its INVITE ended with 4xx to 6xx, was given up by its caller or got no final answer',
    '  within 32 s, and no 180 came from anybody; 183 is an announcement or a tone. 486, 600 and 603 after alerting are the',
    '  choice of the user. 486, 600 and 603 from a device that did not alert mean that it is busy; it was reached, so that is no',
    '  loss. A challenge that the caller does not meet is no loss either.',
    '- **One Call-ID is one call**, whenever its caller comes back with credentials or from where a 3xx has sent it. The last',
    '  attempt counts, and so does its time: a caller who is slow is no server that alerts late. Both legs of a B2BUA or border',
    '  controller are one call. A caller who comes again with another Call-ID makes another call: a person who dials again after a',
    '  503 looks the same.',
    '- **What only the server says.** Answered or alerted while nobody was registered, or while no device said anything, called or',
    '  not: a mailbox, an announcement, a diversion. That is a class of its own. No phone was seen to ring, so it is not fine. A 200',
    '  with the Contact of a registered device is heard from that device.',
    '- **Late and double alerting.** The first 180 comes after more than 8 s, or two devices alert for one call.',
    '- **The mode.** It follows from the order of REGISTER and un-REGISTER in at least four fifths of the hand-overs.',
    '',
    '**What was not seen is not fine.** The verdict stays open (exit code 3) where a call was under way at the end, a call failed',
    'whose INVITE is not in the capture (it begins in its midst, or lacks packets), only the server',
    'was heard, the server redirected the call and it never came, part of the traffic cannot be read, a call for an unknown',
    'address failed or came in a gap, or no call was judged at all. The report names each reason. A loss that only unreadable',
    'traffic could explain otherwise is *undecided*.',
    '',
    'User and host identify an address of record; port, scheme and parameters do not count. The address of the server as domain, a',
    "Request-URI without user (then To counts), and numbers that the server's own legs show to be somebody's are found without",
    'help. `--number +4930123456=alice` says whose a number is, with any host and also written with 00 or without +;',
    '`--alias info@example.org=alice@example.org` says that of an address, `--alias 198.51.100.2=example.org` of a host. Other calls',
    'to addresses without any REGISTER in the capture are counted and not judged; `--aor sip:alice@example.org` judges one address',
    'and leaves failed calls to unknown ones out, unless they came in its gaps. A name that nothing in the capture has is an error.',
    'If a push server answers 180 by itself (AutoSend180), the call counts as alerting, whether or not a phone rings: the capture has',
    'no more than that.',
    '',
    '## Options for large, long and live captures',
    '',
    '- Several files are one capture: pieces of a ring buffer in any order, or captures of two places at once, merged by time.',
    '  `ringproof audit cap*.pcap`. Where REGISTERs count back from one file to the next, a clock was set back, and the verdict stays open.',
    '- gzip is read as it is, and zstd with Node 22.15 and later. xz, bzip2, lz4, and zstd on older Node are unpacked by the program of that',
    '  name; where it is missing, the error says what to install.',
    '- `-i eth0` captures there with dumpcap or tcpdump, without a filter, until Ctrl-C. Where the right to capture is missing, the error says',
    '  how to get it.',
    '- `-` reads standard input: `ssh server tcpdump -U -w - port 5060 | ringproof audit -`. `--follow` waits for more at the end of a',
    '  file. Ctrl-C ends the reading, and what was read is judged. `--every 60` prints a report every minute; calls under way are',
    '  in none of its counts.',
    '- `--call-id ID` judges certain calls only, `--from` and `--until` a time (seconds as in the report, or `2026-01-01T00:00:10Z`).',
    '  Registrations before it are read all the same, because they say who was registered.',
    '- `--problems-only` leaves out addresses without problems. Otherwise those with problems come first, and five of the others',
    '  follow; `--all` lists all.',
    '- `--export-packets FILE.pcapng` writes the messages around the first lost call (or that of `--call-id`) as a capture of their',
    '  own: plain UDP or TCP, whatever carried them, with their times. It reads the capture twice, so not from standard input.',
    '- `ringproof inspect CAPTURE` shows lost calls in the browser, with the text of every message ([inspector](inspector.md)). It takes',
    '  several files and the same options: `--aor`, `--app`, `--push-server`, `--number`, `--alias`, `--call-id`, `--from`, `--until`, `--key-log`.',
    '  Both commands show with `--call-id ID` the ladder of a call that was not lost as well.',
    '- `--anonymise` gives other names to users, numbers, hosts, addresses and Call-IDs, the same each time, in the report and in exported',
    '  packets. Bodies, display names, credentials and headers that are not needed are left out. File names stay.',
    '- Each loss has its Call-ID, absolute time and frame number, as Wireshark counts; of several files with the name of the file.',
    '',
    '## What is read',
    '',
    'pcap (microseconds, nanoseconds, both byte orders, and as old Linux patched it) and pcapng; Ethernet with VLAN tags or LLC/SNAP, Linux cooked (SLL, SLL2),',
    'BSD loopback, PPP, Cisco HDLC and raw IP; IPv4 and IPv6 with fragments; UDP on any port; TCP with lost, repeated and disordered',
    'segments; WebSocket, also from the midst of a connection; mirrors in HEPv1, HEPv2 and HEPv3 (Kamailio siptrace, Homer) over UDP and',
    'HEPv3 over TCP, also compressed; what Wireshark exports as PDUs.',
    '',
    'Tunnels are read through, also one in the other: IPIP, 6in4, GRE (with PPTP and ERSPAN I to III), VXLAN and VXLAN-GPE, GENEVE, GTP-U, MPLS',
    '(in Ethernet, IP and UDP), PPPoE, L2TPv2, Teredo, TZSP and the authentication header of IPsec. Those of UDP are known by their',
    'usual ports. IPsec ESP and IPComp, WireGuard, OpenVPN, MACsec, L2TPv3, SCTP, DTLS and compressed WebSocket cannot be read. Nor can what',
    'has a Via of SIP in it and is in another protocol (a VN-Tag, TURN, VXLAN on a port of its own), a datagram on port 5060 or 5061 that is',
    'neither SIP nor a keep-alive (SigComp), and HEPv3 that is cut off. All of it is named in the report, with its share of the traffic, and',
    'keeps "nothing lost" from being said.',
    '',
    'Malformed messages that endpoints act on are read as they read them: Latin-1, lines that end with LF, parameters and headers',
    'that stand twice (the first counts), a wrong Content-Length, IPv6 addresses without brackets, names without quotes. Each is',
    'listed with its frame, its line and what is wrong with it.',
    '',
    'Over TCP a message whose Content-Length is missing, no number, or reaches into the next message ends where the next one begins;',
    'one that is too short takes what follows. A body other than SDP may hold a message where its length fits. Bytes that belong to no',
    'message keep "nothing lost" from being said.',
    '',
    'TLS cannot be read either. It counts where it is on port 5061 or goes to a host that gets REGISTERs, also where the capture begins in',
    "its midst; other TLS is somebody's web traffic. The report says between whom it was and how much of the traffic it is. 100,000",
    'directions of connections are told apart; what cannot be read of further ones counts whoever its ends are, and is named apart.',
    '',
    'With `--key-log keys.txt` (SSLKEYLOGFILE, the `keylog` of OpenSSL) it is read: tshark decrypts the files, where it is installed',
    '(`apt-get install tshark`). Frames and times are those of the capture. Connections without a key stay unreadable, with their share.',
    'A decrypted one of which packets are missing keeps "nothing lost" from being said. tshark reads no xz and bzip2; unpack these first.',
    'It reads complete files only: with `-`, `-i` and `--follow` the option is refused.',
    '',
    'Memory does not grow with the length of the capture. It grows by some 600 bytes for each address that is registered or called,',
    'and by what is found of it: each gap, hand-over, refusal and lost call. 400,000 addresses took at most 362 MB with a REGISTER each, 488 MB with',
    'a call as well, 445 MB with a lost one; 400,000 lost calls of one address 350 MB; 400,000 numbers that a scanner calls 398 MB (`npm run',
    'bench:memory`). 90 MB of that are the program. Without `--all` at most 10,000 addresses with problems, and 10,000 lost calls of one, are',
    'reported one by one, and in JSON as many without; `totals` counts all.',
    '',
    'A file that is damaged or cut off is judged up to there, and the report says at which byte. The report also says what else',
    'keeps the capture from showing all: one direction only, a snap length, missing fragments or segments.',
    '',
    '**Compared with tshark.** The number of SIP messages was compared with what tshark 4.0 counts, in 156 public captures with SIP of 77',
    'projects (of 4,565 that were read). 148 gave the same, 16,319 messages. The others, and why:',
    '',
    '| captures | difference | reason |',
    '| --- | --- | --- |',
    '| 2 | 8 fewer | ICMP errors quote a message: tshark counts it, but it is not on its way to anybody |',
    '| 2 | 27 more | HEP, for which tshark 4.0 has no dissector |',
    '| 1 | 12 more | a fuzzer broke the first lines of datagrams on port 5060: they are read as far as they go, and listed as malformed |',
    '| 1 | 3 more | requests whose URI has no scheme, `INVITE bob@192.0.2.1 SIP/2.0`: malformed, and some endpoints act on them |',
    '| 2 | 2 more | a web server begins its answer with `SIP/2.0 200`: listed as malformed |',
    '',
    'With the dissector of sipcapture for tshark the counts are the same for HEPv1, HEPv2 and HEPv3 over UDP. It reads no IPv6 in HEPv1 and',
    'HEPv2, no compressed HEPv3, and none that is cut up by TCP; these were compared with what was written.',
    '',
    'Exit codes: 0 nothing lost, 1 lost calls, or double registrations where the mode is not Standard (there they belong to every',
    'hand-over), 2 the input is wrong, 3 the capture does not show enough to tell. `--format json` has everything, versioned.',
    '`--format markdown` is for a ticket. `--all` lists everything, with a ladder for each lost call (of the first 1000).',
    'Credentials never appear in any of them.',
  ].join('\n')}\n`;

test('the example capture is what it is said to be', () => {
  expect(readFileSync(`${root}/${capture}`).equals(captureOf(day().sorted))).toBe(true);
});

test('docs/audit.md shows what the command prints (vitest -u writes it)', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/audit.md');
});
