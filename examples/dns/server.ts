import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import dnsPacket, { type Answer, type Packet, type Question } from 'dns-packet';

/** How a server treats questions about a name: it answers, or it does what broken servers do. */
export type Behaviour =
  | 'silent'
  | 'servfail'
  | 'refused'
  /** Answers a question that nobody asked. */
  | 'lame'
  /** Bytes that are no DNS message. */
  | 'garbage'
  /** Says that the answer is in part, also over TCP, where it never is. */
  | 'truncated';

/** Records by name: `MX`, `TXT` (one text, or its parts), `CNAME`. */
export type Zone = Readonly<
  Record<string, { mx?: string[]; txt?: (string | string[])[]; cname?: string; behaviour?: Behaviour }>
>;

/** A running DNS server. */
export type DnsServer = {
  /** `127.0.0.1:PORT`, for UDP and TCP. */
  address: string;
  /** The questions so far, as `udp MX harbour.ch`. */
  asked: string[];
  stop: () => Promise<void>;
};

const NXDOMAIN = 3;
const SERVFAIL = 2;
const REFUSED = 5;
/** What fits into an answer over UDP (RFC 9715 has 1232, too). */
const MOST_UDP_BYTES = 1232;

/** Starts an authoritative DNS server on loopback, on a free port. */
export async function startDns(zone: Zone): Promise<DnsServer> {
  const asked: string[] = [];
  const udp = createSocket('udp4');
  const tcp = createServer((socket) => serveTcp(socket, zone, asked));
  await new Promise<void>((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen(0, '127.0.0.1', resolve);
  });
  const bound = tcp.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  udp.on('message', (message, peer) => {
    const reply = replyTo(message, zone, asked, 'udp');
    if (reply !== undefined) udp.send(reply, peer.port, peer.address);
  });
  await new Promise<void>((resolve, reject) => {
    udp.once('error', reject);
    udp.bind(port, '127.0.0.1', resolve);
  });
  // A demo that only serves its page may end.
  udp.unref();
  tcp.unref();
  return {
    address: `127.0.0.1:${port}`,
    asked,
    stop: async () => {
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}

/** Messages over TCP begin with their length in two bytes (RFC 1035, 4.2.2). */
function serveTcp(socket: Socket, zone: Zone, asked: string[]): void {
  let pending = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const reply = replyTo(pending.subarray(2, end), zone, asked, 'tcp');
      pending = pending.subarray(end);
      if (reply === undefined) continue;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      socket.write(Buffer.concat([length, reply]));
    }
  });
}

function replyTo(message: Buffer, zone: Zone, asked: string[], over: 'udp' | 'tcp'): Buffer | undefined {
  const query = dnsPacket.decode(message);
  const [question] = query.questions ?? [];
  if (question === undefined) return undefined;
  const name = question.name.toLowerCase();
  asked.push(`${over} ${question.type} ${name}`);
  const behaviour = zone[name]?.behaviour;
  if (behaviour === 'silent') return undefined;
  if (behaviour === 'garbage') return Buffer.from([message[0] ?? 0, message[1] ?? 0, 0x84, 0, 0, 1, 0, 9, 0xc0]);
  const base: Packet = {
    id: query.id ?? 0,
    type: 'response',
    flags: dnsPacket.AUTHORITATIVE_ANSWER,
    questions: [question],
  };
  if (behaviour === 'lame')
    return dnsPacket.encode({ ...base, questions: [{ ...question, name: 'elsewhere.example' }] });
  if (behaviour === 'truncated')
    return dnsPacket.encode({ ...base, flags: (base.flags ?? 0) | dnsPacket.TRUNCATED_RESPONSE });
  if (behaviour !== undefined) return failed(base, behaviour === 'servfail' ? SERVFAIL : REFUSED);
  const exists = Object.keys(zone).some((known) => known === name || known.endsWith(`.${name}`));
  if (!exists) return failed(base, NXDOMAIN);
  const reply = dnsPacket.encode({ ...base, answers: answersTo(question, zone) });
  if (over === 'tcp' || reply.length <= MOST_UDP_BYTES) return reply;
  return dnsPacket.encode({ ...base, flags: (base.flags ?? 0) | dnsPacket.TRUNCATED_RESPONSE });
}

function failed(base: Packet, code: number): Buffer {
  return dnsPacket.encode({ ...base, flags: (base.flags ?? 0) | code });
}

function answersTo({ name, type }: Question, zone: Zone): Answer[] {
  const { mx = [], txt = [], cname } = zone[name.toLowerCase()] ?? {};
  const ttl = 60;
  if (cname !== undefined) return [{ name, type: 'CNAME', ttl, data: cname }];
  if (type === 'MX')
    return mx.map((exchange, index) => ({ name, type: 'MX', ttl, data: { preference: 10 * (index + 1), exchange } }));
  if (type === 'TXT') return txt.map((text) => ({ name, type: 'TXT', ttl, data: partsOf(text) }));
  return [];
}

/** A text is sent in parts of at most 255 bytes. */
function partsOf(text: string | string[]): string[] {
  if (Array.isArray(text)) return text;
  return text.match(/.{1,255}/gs) ?? [''];
}
