import type { Said } from '../../../intake/notices/change.ts';
import type { Store } from '../../../intake/store/open.ts';
import { Advisory, Subprocessor, Update } from '../../../schemas/index.ts';

/** The notice of Oakvault, with changes. */
export const oakvault = {
  change: 'added',
  summary: 'Oakvault will keep encrypted copies of backups in Helsinki.',
  announcedOn: '2026-11-09',
  objectionDeadline: '2026-12-14',
  effectiveOn: '2026-12-21',
};

/** What content says: updates and advisories by id, and the notices of vendors by id. */
export function saying({
  updates = {},
  advisories = {},
  notices = {},
}: {
  updates?: Record<string, Record<string, unknown>>;
  advisories?: Record<string, Record<string, unknown>>;
  notices?: Record<string, readonly Record<string, unknown>[]>;
}): Said {
  return {
    organization: { name: 'Larkspur Desk', trustUrl: 'https://trust.larkspur.swiss/page/' },
    updates: Object.entries(updates).map(([id, fields]) => ({
      id,
      file: `updates/${id}.mdx`,
      data: Update.parse({ title: id, kind: 'change', summary: `About ${id}.`, ...fields }),
    })),
    advisories: Object.entries(advisories).map(([id, fields]) => ({
      id,
      file: `advisories/${id}.mdx`,
      data: Advisory.parse({
        title: 'Drafts were shown',
        summary: 'It was wrong.',
        impact: 'Titles.',
        solution: 'Update.',
        cvss: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N',
        affected: [{ product: 'Desk', versions: [{ introduced: '0' }] }],
        ...fields,
      }),
    })),
    subprocessors: Object.entries(notices).map(([id, list]) => ({
      id,
      file: `subprocessors/${id}.yaml`,
      data: Subprocessor.parse({
        name: `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`,
        legalName: `${id} Oy`,
        url: `https://${id}.swiss`,
        country: 'FI',
        purpose: 'Keeps copies.',
        engagement: 'required',
        exposure: 'content',
        regions: ['eu-north'],
        transfer: 'none',
        since: '2026-12-21',
        notices: list,
      }),
    })),
  };
}

/** What tells of what content says: both `said` and `at` may be changed while it is used. */
export function telling(db: Store['db'], said: { content: Said; at: Date }) {
  return {
    db,
    head: { company: 'Larkspur Desk, Inc.', url: 'https://trust.larkspur.swiss/' },
    now: () => said.at,
    current: async () => ({ content: said.content }),
  };
}

/** The letters in the outbox that wait, oldest first. */
export async function letters(db: Store['db']) {
  const rows = await db
    .selectFrom('outbox')
    .select(['message', 'id'])
    .where('channel', '=', 'mail')
    .where('state', '=', 'waiting')
    .orderBy('dueAt')
    .orderBy('id')
    .execute();
  return rows.map(({ id, message }) => ({
    id,
    to: String(message.to),
    subject: String(message.subject),
    text: String(message.text),
    unsubscribe: String(message.unsubscribe),
  }));
}

/** The events in the outbox, oldest first. */
export async function events(db: Store['db']) {
  const rows = await db
    .selectFrom('outbox')
    .select('message')
    .where('channel', '=', 'webhook')
    .orderBy('dueAt')
    .execute();
  return rows.map(({ message }) => message);
}
