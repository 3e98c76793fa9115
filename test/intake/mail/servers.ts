import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A letter as it came over the wire. `raw` has one character for each byte. */
export type Arrived = { from: string; to: string[]; raw: string; encrypted: boolean; user: string | undefined };

/** A real SMTP server on the loopback address. */
export type Mailbox = {
  url: string;
  port: number;
  arrived: Arrived[];
  close: () => Promise<void>;
};

/** What a server does otherwise than take every letter. */
type Manners = SMTPServerOptions & {
  /** The port, to come back at the same place. */
  port?: number;
  /** Its answer to this recipient, when it is no welcome. */
  refuse?: (to: string) => number | undefined;
  /** Its answer to a letter that it has read whole, when it does not take it. */
  reject?: (letter: Arrived) => number | undefined;
  /** Waited for between the end of a letter and the answer. */
  hold?: (letter: Arrived) => Promise<void> | undefined;
};

export async function openMailbox({ port = 0, refuse, reject, hold, ...options }: Manners = {}): Promise<Mailbox> {
  const arrived: Arrived[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onRcptTo: ({ address }, _, done) => done(refused(refuse?.(address))),
    onData: (stream, { envelope, secure, user }, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', async () => {
        const letter = {
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(parts).toString('latin1'),
          encrypted: secure,
          user,
        };
        arrived.push(letter);
        await hold?.(letter);
        done(refused(reject?.(letter)));
      });
    },
    ...options,
  });
  // Clients that are killed, or that do not like its certificate.
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await listening(server.server);
  const { port: bound } = addressOf(server.server);
  const close = () => new Promise<void>((resolve) => server.close(resolve));
  return { url: `smtp://127.0.0.1:${bound}`, port: bound, arrived, close };
}

/** A server that reads lines and does with each what it is told to; for what no decent server does. */
export async function openRudeServer(
  greet: (socket: Socket) => void,
  hear: (socket: Socket, line: string) => void = () => undefined,
): Promise<{ url: string; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let rest = '';
    socket.on('data', (part) => {
      const lines = (rest + part.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) hear(socket, line);
    });
    greet(socket);
  });
  server.listen(0, '127.0.0.1');
  await listening(server);
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { url: `smtp://127.0.0.1:${addressOf(server).port}`, close };
}

/** The header fields of a letter by name in lower case, as they are on the wire, folds included. */
export function headersOf(raw: string): Map<string, string[]> {
  const fields = raw.slice(0, raw.indexOf('\r\n\r\n')).split(/\r\n(?![ \t])/);
  const headers = new Map<string, string[]>();
  for (const field of fields) {
    const name = field.slice(0, field.indexOf(':')).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), field.slice(name.length + 2)]);
  }
  return headers;
}

function refused(status: number | undefined): Error | null {
  return status === undefined
    ? null
    : Object.assign(new Error('not for <eve@quill.example>'), { responseCode: status });
}

async function listening(server: Server): Promise<void> {
  if (!server.listening) await once(server, 'listening');
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP port');
  return address;
}
