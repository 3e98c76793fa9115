import type { Kysely } from 'kysely';
import type { Desk } from '../../intake/desk.ts';
import { sealKey } from '../../intake/document/seal-key.ts';
import { memberOnMachine } from '../../intake/staff/accounts.ts';
import type { Member } from '../../intake/staff/roles.ts';
import { openStore } from '../../intake/store/open.ts';
import type { Tables } from '../../intake/store/tables.ts';
import { loadContent } from '../../loader/load.ts';
import { candorError } from '../../schemas/index.ts';
import type { Terminal } from '../command.ts';
import { validContent } from '../content.ts';
import { makeDesk } from '../forms/desk.ts';
import { contentFolder, storePlace } from '../place.ts';

/** What an action of the inbox works with. */
export type Inbox = {
  db: Kysely<Tables>;
  now: () => Date;
  /** Who acts. Throws StaffNotNamed, StaffUnknown. */
  member: () => Promise<Member>;
  /** Who acts, where that may be nobody: undefined without --as. Throws StaffUnknown. */
  memberIfNamed: () => Promise<Member | undefined>;
  /** All that decisions need, from the content. Throws IntakeMissing. */
  desk: () => Promise<Desk>;
  /** What an app for codes shows beside them. */
  issuer: () => Promise<string>;
};

/** Where the inbox is, and who acts. `url`: where the forms answer, when not as the content says. */
export type Place = { content?: string | undefined; as?: string | undefined; url?: string | undefined };

/** Opens the inbox for one action, and closes it again. Throws StoreUnreachable, StoreBusy, and what `work` throws. */
export async function withInbox<T>(place: Place, terminal: Terminal, work: (inbox: Inbox) => Promise<T>): Promise<T> {
  const folder = contentFolder(place.content, terminal);
  const { now, environment } = terminal;
  const store = await openStore(storePlace(environment, folder));
  const { db } = store;
  const memberIfNamed = async () => (place.as === undefined ? undefined : memberOnMachine(db, place.as));
  try {
    return await work({
      db,
      now,
      memberIfNamed,
      member: async () => {
        const member = await memberIfNamed();
        if (member === undefined) throw candorError('StaffNotNamed', {});
        return member;
      },
      desk: async () => {
        const content = (await validContent(folder, terminal))?.content;
        if (content?.intake === undefined) throw candorError('IntakeMissing', { folder });
        const { intake: policy } = content;
        const seal = await sealKey(environment, folder);
        // Beside the running demo, which offers what rests on its own evidence and answers elsewhere than the content says.
        const { CANDOR_DEMO_URL: demoUrl } = environment;
        const url = place.url ?? demoUrl ?? policy.url;
        return makeDesk({ folder, content, policy, store, url, seal, demo: demoUrl !== undefined }, now);
      },
      issuer: async () => (await loadContent(folder)).content?.organization.name ?? 'Candor',
    });
  } finally {
    await store.close();
  }
}
