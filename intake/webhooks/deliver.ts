import { type Kysely, sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import type { Lane } from '../outbox/drain.ts';
import { Delivery, type WebhookEvent } from '../outbox/message.ts';
import { checked, type Outcome } from '../outbox/outcome.ts';
import type { Tables } from '../store/tables.ts';
import { type Endpoint, urlDigestOf } from './endpoint.ts';
import { type Answer, post, publicInternet, type Reach, Unanswered } from './post.ts';

/** How many deliveries are under way at once, and how long one may take. */
const WIDTH = 10;
const DELIVERY_MS = 15_000;
/** How many events are told by one statement. */
const EVENTS = 100;

/** Tells events to those who listen, in public networks alone. */
export function webhookLane(db: Kysely<Tables>, endpoints: readonly Endpoint[], now: () => Date): Lane {
  return webhookLaneReaching(publicInternet, db, endpoints, now);
}

/** The same within a reach of one's own. For tests and demonstrations, whose receivers lie on this machine. */
export function webhookLaneReaching(
  reach: Reach,
  db: Kysely<Tables>,
  endpoints: readonly Endpoint[],
  now: () => Date,
): Lane {
  const send = async (_: string, { id, endpoint: name, event }: Delivery, signal: AbortSignal): Promise<Outcome> => {
    const endpoint = endpoints.find((each) => each.id === name);
    if (endpoint === undefined) return { is: 'failed', reason: 'no-such-endpoint' };
    if (await isGone(db, endpoint)) return { is: 'failed', reason: 'gone' };
    const at = now();
    const { headers, body } = endpoint.kind === 'slack' ? chatPost(event) : signedPost(id, event, endpoint.secrets, at);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(DELIVERY_MS)]);
    try {
      const outcome = outcomeOf(await post(endpoint.url, headers, body, { now: at, signal: limit, reach }));
      if (outcome.is === 'failed' && outcome.reason === 'gone') await markGone(db, endpoint, at);
      return outcome;
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      const { reason } = error;
      const hopeless = reason === 'address-refused' || reason === 'not-https';
      return { is: hopeless ? 'failed' : 'postponed', reason };
    }
  };
  return {
    channel: 'delivery',
    send: checked(Delivery, send),
    width: WIDTH,
    prepare: async (at) => {
      while ((await tellSome(db, endpoints, at)) === EVENTS);
    },
  };
}

/** Standard Webhooks: an id, a time and a signature by each key. The time is that of the attempt. */
function signedPost(id: string, { type, timestamp, data }: WebhookEvent, secrets: readonly string[], at: Date) {
  const body = JSON.stringify({ type, timestamp, data });
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
    },
    body,
  };
}

/** A text as Slack takes it: escaped, so that nothing in it is a link or calls anybody. */
function chatPost({ type, text = type }: WebhookEvent) {
  const plain = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text: plain }) };
}

function outcomeOf({ status, retryAfter }: Answer): Outcome {
  if (status >= 200 && status < 300) return { is: 'sent' };
  if (status === 410) return { is: 'failed', reason: 'gone' };
  const asked = (status === 429 || status === 503) && retryAfter !== undefined;
  return { is: 'postponed', reason: `http-${status}`, ...(asked ? { notBefore: retryAfter } : {}) };
}

/**
 * Makes a delivery to each endpoint of events that nobody was told of yet: one statement, so that none is lost. Returns
 * of how many events.
 */
async function tellSome(db: Kysely<Tables>, endpoints: readonly Endpoint[], at: Date): Promise<number> {
  const listeners = endpoints.map((each) => ({ id: each.id, digest: urlDigestOf(each), events: each.events }));
  const { numAffectedRows = 0n } = await sql`
    with event as materialized (
      select id, message, submission from outbox
      where state = 'waiting' and channel = 'webhook' and due_at <= ${at}::timestamptz
      order by due_at limit ${EVENTS}::integer
      for update skip locked
    ), told as (
      insert into outbox (id, channel, message, due_at, submission)
      select event.id || '.' || listener.id, 'delivery',
        jsonb_build_object('id', event.id, 'endpoint', listener.id, 'event', event.message),
        ${at}::timestamptz, event.submission
      from event
      join jsonb_to_recordset(${JSON.stringify(listeners)}::jsonb) as listener(id text, digest text, events jsonb)
        on listener.events is null or listener.events @> (event.message -> 'type')
      where not exists (
        select from endpoint_gone
        where endpoint_gone.endpoint = listener.id and endpoint_gone.url_digest = listener.digest
      )
    )
    update outbox set state = 'sent', settled_at = ${at}::timestamptz, message = '{}'
    from event where outbox.id = event.id`.execute(db);
  return Number(numAffectedRows);
}

async function isGone(db: Kysely<Tables>, endpoint: Endpoint): Promise<boolean> {
  const gone = await db
    .selectFrom('endpointGone')
    .select('goneAt')
    .where('endpoint', '=', endpoint.id)
    .where('urlDigest', '=', urlDigestOf(endpoint))
    .executeTakeFirst();
  return gone !== undefined;
}

async function markGone(db: Kysely<Tables>, endpoint: Endpoint, goneAt: Date): Promise<void> {
  await db
    .insertInto('endpointGone')
    .values({ endpoint: endpoint.id, urlDigest: urlDigestOf(endpoint), goneAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
