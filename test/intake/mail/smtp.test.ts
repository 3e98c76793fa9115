import { once } from 'node:events';
import { createServer } from 'node:net';
import { simpleParser } from 'mailparser';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { serverOf, smtpLane } from '../../../intake/mail/smtp.ts';
import type { Lane } from '../../../intake/outbox/drain.ts';
import { type Mail, outboxRow } from '../../../intake/outbox/message.ts';
import { type Certificate, makeCertificate } from '../certificate.ts';
import { headersOf, openMailbox, openRudeServer } from './servers.ts';

const id = '5d1ffb0a-6a2b-4c2b-9c57-1f3f3a4f7e11';
const from = { sender: 'trust@larkspur.example', host: 'trust.larkspur.example' };
const mail: Mail = { to: 'ada@quill.example', subject: 'Your request', text: 'A link.' };
const never = new AbortController().signal;

let certificate: Certificate;
beforeAll(async () => {
  certificate = await makeCertificate('localhost', '127.0.0.1');
});

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function mailbox(...manners: Parameters<typeof openMailbox>) {
  const opened = await openMailbox(...manners);
  open.push(opened.close);
  return opened;
}

async function rude(...behaviour: Parameters<typeof openRudeServer>) {
  const opened = await openRudeServer(...behaviour);
  open.push(opened.close);
  return opened;
}

const send = (lane: Lane, letter: Mail = mail) => lane.send(id, letter, never);

describe('a letter on the wire', () => {
  test('says who it is from, that a machine wrote it, and by its id which letter it is', async () => {
    const { url, arrived } = await mailbox();
    const lane = smtpLane(url, from);
    expect(await send(lane)).toEqual({ is: 'sent' });
    expect(await send(lane)).toEqual({ is: 'sent' });
    const [first, second] = arrived;
    expect(first).toMatchObject({ from: from.sender, to: [mail.to], encrypted: false, user: undefined });
    const headers = headersOf(first?.raw ?? '');
    expect([...headers.keys()].sort()).toEqual(
      [
        ...['auto-submitted', 'content-transfer-encoding', 'content-type', 'date', 'from'],
        ...['message-id', 'mime-version', 'subject', 'to'],
      ].sort(),
    );
    expect(headers.get('auto-submitted')).toEqual(['auto-generated']);
    expect(headers.get('from')).toEqual(['trust@larkspur.example']);
    expect(headers.get('to')).toEqual(['ada@quill.example']);
    expect(headers.get('message-id')).toEqual([`<${id}@trust.larkspur.example>`]);
    expect(headersOf(second?.raw ?? '').get('message-id')).toEqual(headers.get('message-id'));
  });

  test('keeps every character and every link, whatever their length', async () => {
    const { url, arrived } = await mailbox();
    const text = [
      'Grüezi Zoë, 日本語, 🖋 and a very long line: '.padEnd(1_500, 'x'),
      `https://trust.larkspur.example/requests/confirm/${'k'.repeat(300)}/`,
      '.',
      'From here on = it is = signs',
    ].join('\n');
    const subject = `Ihre Anfrage für „Quill & Söhne“, ${'日本語 '.repeat(20).trim()}`;
    expect(await send(smtpLane(url, from), { ...mail, subject, text })).toEqual({ is: 'sent' });
    const raw = arrived[0]?.raw ?? '';
    // RFC 5322, 2.1.1; and nothing but ASCII, as no extension is relied on.
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    expect(raw).toMatch(/^[\t\r\n\x20-\x7e]*$/);
    const parsed = await simpleParser(Buffer.from(raw, 'latin1'));
    expect(parsed.subject).toBe(subject);
    expect(parsed.text?.trimEnd()).toBe(text);
    expect(parsed.attachments).toEqual([]);
    expect(parsed.html).toBe(false);
  });

  test('offers to unsubscribe by one click, on one line each, however long the link is', async () => {
    const { url, arrived } = await mailbox();
    for (const length of [10, 800]) {
      const unsubscribe = `https://trust.larkspur.example/unsubscribe/${'t'.repeat(length)}/?topic=updates&one=1`;
      expect(await send(smtpLane(url, from), { ...mail, unsubscribe })).toEqual({ is: 'sent' });
      const lines = (arrived.at(-1)?.raw ?? '').split('\r\n');
      expect(lines).toContain(`List-Unsubscribe: <${unsubscribe}>`);
      expect(lines).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    }
  });
});

describe('no text becomes a header', () => {
  const hostile = [
    '\r\nBcc: eve@evil.example',
    '\nBcc: eve@evil.example',
    '\r',
    '\u0000',
    '\u2028',
    '\u0085',
    '\u202e',
  ];
  const refused = (mail: object) => {
    try {
      // What comes over the border has no type yet.
      outboxRow({ channel: 'mail', mail: mail as Mail });
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : 'no error';
    }
    return 'taken';
  };

  test.each(hostile)('%j', async (text) => {
    for (const field of ['to', 'subject', 'unsubscribe']) {
      const value = { to: mail.to, subject: mail.subject, unsubscribe: 'https://trust.larkspur.example/u' }[field];
      for (const injected of [`${value}${text}`, `${text}${value}`, `a${text}${value}`]) {
        const letter = { ...mail, [field]: injected };
        const answer = refused(letter);
        expect(answer).toMatch(
          new RegExp(`^MessageRefused: a message that was to be sent is refused: \`${field}\` must`),
        );
        expect(answer).not.toContain('evil');
        // The same at the other border: it is not sent if it is in the database.
        expect(await send(smtpLane('smtp://127.0.0.1:1', from), letter)).toEqual({ is: 'failed', reason: 'malformed' });
      }
    }
  });

  test('what is not a field of a letter is refused, and so are several recipients and links that are none', () => {
    const link = 'https://trust.larkspur.example/u';
    expect([
      refused({ ...mail, bcc: 'eve@evil.example' }),
      refused({ ...mail, to: 'ada@quill.example, eve@evil.example' }),
      refused({ ...mail, to: '"Ada" <ada@quill.example>' }),
      refused({ ...mail, to: `${'a'.repeat(250)}@quill.example` }),
      refused({ ...mail, subject: '' }),
      refused({ ...mail, subject: 's'.repeat(201) }),
      refused({ ...mail, text: 'half a \ud800 character' }),
      refused({ ...mail, text: '' }),
      refused({ ...mail, unsubscribe: 'http://trust.larkspur.example/u' }),
      refused({ ...mail, unsubscribe: `${link}>, <mailto:eve@evil.example` }),
      refused({ ...mail, unsubscribe: `${link}${'u'.repeat(900)}` }),
      refused({ ...mail, text: 'Tabs\tand lines\r\nare text.', unsubscribe: 'http://localhost:4321/u' }),
    ]).toMatchInlineSnapshot(`
      [
        "MessageRefused: a message that was to be sent is refused: \`mail\` has fields that are not sent.",
        "MessageRefused: a message that was to be sent is refused: \`to\` must be an e-mail address.",
        "MessageRefused: a message that was to be sent is refused: \`to\` must be an e-mail address.",
        "MessageRefused: a message that was to be sent is refused: \`to\` must be no longer than 254 characters.",
        "MessageRefused: a message that was to be sent is refused: \`subject\` must not be empty.",
        "MessageRefused: a message that was to be sent is refused: \`subject\` must be no longer than 200 characters.",
        "MessageRefused: a message that was to be sent is refused: \`text\` must be text without control characters.",
        "MessageRefused: a message that was to be sent is refused: \`text\` must not be empty.",
        "MessageRefused: a message that was to be sent is refused: \`unsubscribe\` must start with https://.",
        "MessageRefused: a message that was to be sent is refused: \`unsubscribe\` must be a web address of visible ASCII characters without quotes and angle brackets.",
        "MessageRefused: a message that was to be sent is refused: \`unsubscribe\` must be no longer than 900 characters.",
        "taken",
      ]
    `);
  });
});

describe('what a server does', () => {
  test.each([
    ['451 to the recipient', 'refuse', 451, { is: 'postponed', reason: 'smtp-451' }],
    ['550 to the recipient', 'refuse', 550, { is: 'failed', reason: 'bounced' }],
    ['530 to the recipient: it wants a login', 'refuse', 530, { is: 'postponed', reason: 'smtp-530' }],
    ['452 after the letter', 'reject', 452, { is: 'postponed', reason: 'smtp-452' }],
    ['554 after the letter', 'reject', 554, { is: 'failed', reason: 'bounced' }],
  ] as const)('%s', async (_, how, status, outcome) => {
    const { url } = await mailbox({ [how]: () => status });
    expect(await send(smtpLane(url, from))).toEqual(outcome);
  });

  test('550 to the sender is not the recipient’s fault', async () => {
    const { url } = await mailbox({
      onMailFrom: (_address, _session, done) => done(Object.assign(new Error('no'), { responseCode: 550 })),
    });
    expect(await send(smtpLane(url, from))).toEqual({ is: 'postponed', reason: 'smtp-550' });
  });

  test('nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    server.close();
    await once(server, 'close');
    expect(await send(smtpLane(`smtp://127.0.0.1:${port}`, from))).toEqual({ is: 'postponed', reason: 'unreachable' });
  });

  test('it refuses to talk', async () => {
    const { url } = await rude((socket) => socket.end('554 no service\r\n'));
    expect(await send(smtpLane(url, from))).toEqual({ is: 'postponed', reason: 'smtp-554' });
  });

  test('it hangs before it greets, or while it reads: the attempt is given up when told to', async () => {
    for (const hangsAt of ['greeting', 'DATA']) {
      const limit = new AbortController();
      const hang = () => setImmediate(() => limit.abort());
      const { url } = await rude(
        (socket) => (hangsAt === 'greeting' ? hang() : socket.write('220 here\r\n')),
        (socket, line) => {
          if (line === 'DATA') hang();
          else socket.write('250 yes\r\n');
        },
      );
      expect(await smtpLane(url, from).send(id, mail, limit.signal)).toEqual({ is: 'postponed', reason: 'timeout' });
    }
  });

  test('it closes in the middle of the letter', async () => {
    const { url } = await rude(
      (socket) => socket.write('220 here\r\n'),
      (socket, line) => {
        if (line === 'DATA') socket.write('354 go on\r\n');
        else if (line.startsWith('Message-ID:')) socket.destroy();
        else if (/^(?:EHLO|MAIL|RCPT)/.test(line)) socket.write('250 yes\r\n');
      },
    );
    expect(await send(smtpLane(url, from))).toEqual({ is: 'postponed', reason: 'unreachable' });
  });

  test('it talks nonsense', async () => {
    const { url } = await rude((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await send(smtpLane(url, from))).toMatchObject({ is: 'postponed' });
  });
});

describe('encryption', () => {
  const tls = () => ({ key: certificate.key, cert: certificate.cert });
  const trust = () => ({ ca: certificate.cert });

  test('STARTTLS and a login, with a certificate that is trusted', async () => {
    const { port, arrived } = await mailbox({
      ...tls(),
      disabledCommands: [],
      authOptional: false,
      onAuth: ({ username, password }, _, done) =>
        done(null, username === 'us@er' && password === 'p:ss/' ? { user: username } : {}),
    });
    const url = (password: string) => `smtp://us%40er:${password}@localhost:${port}?tls=required`;
    expect(await send(smtpLane(url('p%3Ass%2F'), from, trust()))).toEqual({ is: 'sent' });
    expect(arrived).toMatchObject([{ encrypted: true, user: 'us@er' }]);
    expect(await send(smtpLane(url('wrong'), from, trust()))).toEqual({ is: 'postponed', reason: 'smtp-535' });
  });

  test('TLS from the start', async () => {
    const { port, arrived } = await mailbox({ ...tls(), secure: true });
    expect(await send(smtpLane(`smtps://localhost:${port}`, from, trust()))).toEqual({ is: 'sent' });
    expect(arrived).toMatchObject([{ encrypted: true }]);
  });

  test('a certificate that nobody trusts, or for another name, ends it', async () => {
    const plain = await mailbox({ ...tls(), disabledCommands: ['AUTH'] });
    const secure = await mailbox({ ...tls(), secure: true });
    const other = await makeCertificate('other.example');
    const strange = await mailbox({ ...other, secure: true });
    expect([
      await send(smtpLane(`smtp://localhost:${plain.port}?tls=required`, from)),
      await send(smtpLane(`smtps://localhost:${secure.port}`, from)),
      await send(smtpLane(`smtps://localhost:${strange.port}`, from, { ca: other.cert })),
    ]).toEqual(Array(3).fill({ is: 'postponed', reason: 'tls' }));
    expect([...plain.arrived, ...secure.arrived, ...strange.arrived]).toEqual([]);
  });

  test('a server without it, or whose offer was struck out on the way, gets no letter and no password', async () => {
    const heard: string[] = [];
    const { url } = await rude(
      (socket) => socket.write('220 here\r\n'),
      (socket, line) => {
        heard.push(line.split(' ')[0] ?? '');
        socket.write(line.startsWith('EHLO') ? '250-here\r\n250 AUTH PLAIN\r\n' : '502 no\r\n');
      },
    );
    const { port } = new URL(url);
    const lane = smtpLane(`smtp://user:secret@localhost:${port}?tls=required`, from);
    expect(await send(lane)).toEqual({ is: 'postponed', reason: 'tls' });
    expect(heard).toEqual(['EHLO', 'STARTTLS']);
  });

  test('is required everywhere but on this machine, unless the address says otherwise', () => {
    const how = (url: string) => {
      const { host, port, secure, requireTLS, ignoreTLS } = serverOf(url);
      return `${host} ${port} ${secure ? 'tls' : requireTLS ? 'starttls' : ignoreTLS ? 'clear' : 'maybe'}`;
    };
    expect(
      [
        ...['smtp://mail.larkspur.example', 'smtps://mail.larkspur.example', 'smtp://mail.larkspur.example:25?tls=off'],
        ...['smtp://localhost:1025', 'smtp://127.0.0.1', 'smtp://[::1]:25', 'smtp://localhost?tls=required'],
        ...['smtp://localhost.larkspur.example', 'smtp://127.0.0.1.larkspur.example', 'smtp://10.0.0.5:25'],
      ].map(how),
    ).toEqual([
      'mail.larkspur.example 587 starttls',
      'mail.larkspur.example 465 tls',
      'mail.larkspur.example 25 clear',
      'localhost 1025 clear',
      '127.0.0.1 587 clear',
      '::1 25 clear',
      'localhost 587 starttls',
      'localhost.larkspur.example 587 starttls',
      '127.0.0.1.larkspur.example 587 starttls',
      '10.0.0.5 25 starttls',
    ]);
  });

  test('an address that is none is an error that does not repeat it', () => {
    const problem = (url: string) => {
      try {
        serverOf(url);
      } catch (error) {
        return error instanceof Error ? `${error.name}: ${error.message}` : 'no error';
      }
      return 'taken';
    };
    const wrong = [
      'secret',
      'https://secret@host',
      'smtp://',
      'smtp://h?pool=secret',
      'smtp://h?tls=no',
      'smtp://a:%zz@h',
    ];
    expect(wrong.map(problem)).toMatchInlineSnapshot(`
      [
        "MailServerRefused: the address of the mail server must start with smtp:// or smtps:// and name a host.",
        "MailServerRefused: the address of the mail server must start with smtp:// or smtps:// and name a host.",
        "MailServerRefused: the address of the mail server must start with smtp:// or smtps:// and name a host.",
        "MailServerRefused: the address of the mail server has options that are not known.",
        "MailServerRefused: the address of the mail server has options that are not known.",
        "MailServerRefused: the address of the mail server is not encoded as a URL is.",
      ]
    `);
    expect(wrong.map(problem).join()).not.toContain('secret');
  });
});
