import type { Desk, Standing } from '../../intake/desk.ts';
import type { SealKey } from '../../intake/document/seal-key.ts';
import { readTemplate } from '../../intake/document/template.ts';
import { openGated } from '../../intake/grants/gated.ts';
import { readNda } from '../../intake/grants/nda.ts';
import { wayIn } from '../../intake/lifecycle/take-in.ts';
import type { Store } from '../../intake/store/open.ts';
import { makeLimits } from '../../intake/web/limits.ts';
import { documentText } from '../../loader/document-text.ts';
import { readTrust } from '../../loader/trust.ts';
import type { Content, IntakePolicy } from '../../schemas/index.ts';

/** How old what the forms know of the page may be, in ms. */
const AGE_MS = 60_000;

/** What `makeDesk` needs: the content folder and what was read of it, and the database. `url`: where the forms answer. */
export type DeskParts = {
  folder: string;
  content: Content;
  policy: IntakePolicy;
  store: Store;
  url: string;
  seal: SealKey | undefined;
  /** Whether they are those of a demonstration: only then is offered what rests on made-up evidence. */
  demo?: boolean;
  /** The folder of the documents that are not public; none is given when it is left out. */
  gated?: string;
};

/** All that the forms need, from a content folder and a database. */
export function makeDesk({ folder, content, policy, store, url, seal, demo, gated }: DeskParts, now: () => Date): Desk {
  return {
    db: store.db,
    takeIn: wayIn(store.db),
    policy,
    head: { company: content.organization.legalName, url },
    now,
    current: remembered(() => standingOf(folder, policy, now()), now),
    sealKey: seal,
    demo,
    gated: gated === undefined ? undefined : openGated(gated),
    limits: makeLimits(),
  };
}

/** What the page says at `now`, the text that is offered, and the one on secrecy. */
async function standingOf(folder: string, policy: IntakePolicy, now: Date): Promise<Standing> {
  const { content, trust } = await readTrust(folder, now);
  const [template, nda] = await Promise.all([
    documentText(folder, content, policy.template),
    documentText(folder, content, policy.documents.nda),
  ]);
  return { content, trust, template: template && readTemplate(template), nda: nda && readNda(nda) };
}

/** Reads once for all who ask at the same time, and again once what was read is too old. A failure is not remembered. */
function remembered<T>(read: () => Promise<T>, now: () => Date): () => Promise<T> {
  let last: { at: number; value: Promise<T> } | undefined;
  return () => {
    const at = now().getTime();
    if (last === undefined || Math.abs(at - last.at) > AGE_MS) {
      const value = read();
      last = { at, value };
      value.catch(() => {
        last = undefined;
      });
    }
    return last.value;
  };
}
