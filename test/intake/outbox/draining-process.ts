/** Drains an outbox until it is killed: `node draining-process.ts DATABASE_URL SMTP_URL NOW`. */
import { smtpLane } from '../../../intake/mail/smtp.ts';
import { runOutbox } from '../../../intake/outbox/worker.ts';
import { openStore } from '../../../intake/store/open.ts';

const [url = '', smtp = '', now = ''] = process.argv.slice(2);
const { db } = await openStore({ url });
await runOutbox(db, [smtpLane(smtp, { sender: 'trust@larkspur.example', host: 'trust.larkspur.example' })], {
  now: () => new Date(now),
  signal: new AbortController().signal,
});
