import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isPublicAddress } from '../../posture/address.ts';
import type { Answers } from './answers.ts';

/** How long the other side may take to accept a connection. */
const CONNECT_MS = 15_000;

/** Who may be reached, and where. */
export type GateOptions = {
  /** `host:port` of the declared pages: the only ones that may lie in a private network. */
  own: ReadonlySet<string>;
  /** For tests and demonstrations. When it names any host, no undeclared host outside of it is reached at all. */
  answers: Answers;
};

/** The only way out of one browser context, and what went through it. */
export type Gate = {
  /** The proxy’s address, for the browser. */
  url: string;
  /** Every host that the browser asked to be connected with; in lower case. An encrypted path is never seen here. */
  contacted: ReadonlySet<string>;
  /** When something last went through, by the clock of `performance`. */
  lastAt: () => number;
  close: () => void;
};

/**
 * Opens an HTTP proxy on the loopback address (RFC 9110, 9.3.6 CONNECT). All that a page makes the browser connect to goes
 * through it, whether the browser’s own tools report it or not: workers, web sockets, beacons, encrypted preconnects.
 * Private addresses are refused unless a declared page lies there, so that a script of a third party, run on the
 * collector’s machine, cannot look around in its network.
 */
export async function openGate(options: GateOptions): Promise<Gate> {
  const contacted = new Set<string>();
  const sockets = new Set<Duplex>();
  let last = performance.now();
  const enter = (host: string) => {
    contacted.add(host);
    last = performance.now();
  };
  const keep = (socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const server = createServer((incoming, response) => {
    const url = URL.parse(incoming.url ?? '');
    if (url === null || url.protocol !== 'http:') return void response.writeHead(400).end();
    enter(url.hostname);
    forward(incoming, response, url, options).catch(() => refuse(response));
  });
  server.on('connection', keep);
  server.on('connect', (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
    const url = URL.parse(`http://${incoming.url}`);
    if (url === null) return void client.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    enter(url.hostname);
    tunnel(client, head, url, options, keep).catch(() => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: `http://127.0.0.1:${portOf(server.address())}`, contacted, lastAt: () => last, close };
}

async function forward(incoming: IncomingMessage, response: ServerResponse, url: URL, options: GateOptions) {
  const { address, port } = await placeOf(url.hostname, Number(url.port || 80), options);
  const { 'proxy-connection': _, ...headers } = incoming.headers;
  const onward = request({
    host: address,
    port,
    method: incoming.method,
    path: `${url.pathname}${url.search}`,
    headers,
    agent: false,
    timeout: CONNECT_MS,
  });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', () => response.destroy()).pipe(response);
  });
  onward.on('error', () => refuse(response));
  onward.on('timeout', () => onward.destroy());
  response.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

async function tunnel(client: Duplex, head: Buffer, url: URL, options: GateOptions, keep: (socket: Socket) => void) {
  // The scheme here is a stand-in, and URL drops its default port.
  const { address, port } = await placeOf(url.hostname, Number(url.port || 80), options);
  const onward = connect({ host: address, port });
  keep(onward);
  onward.setTimeout(CONNECT_MS, () => onward.destroy());
  onward.on('connect', () => {
    onward.setTimeout(0);
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    onward.write(head);
    client.pipe(onward).pipe(client);
  });
  onward.on('close', () => client.destroy());
  client.on('close', () => onward.destroy());
}

function refuse(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(502).end();
}

/** The address to connect to. Throws when there is none that may be reached. */
async function placeOf(host: string, port: number, { answers, own }: GateOptions) {
  const answered = answers.get(host);
  if (answered !== undefined) return answered;
  const declared = own.has(`${host}:${port}`);
  if (!declared && answers.size > 0) throw new Error('answered by nobody');
  const name = host.replace(/^\[|\]$/g, '');
  const found = isIP(name) > 0 ? [{ address: name }] : await lookup(name, { all: true });
  // What is checked is what is connected to, so a name cannot change its mind in between.
  const place = found.find(({ address }) => declared || isPublicAddress(address));
  if (place === undefined) throw new Error('no public address');
  return { address: place.address, port };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP port');
  return address.port;
}
