import { type AnnexChange, type Annexes, candorError, RequestForm } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { annexesOf, type Hindrance, hindrancesOf } from '../document/annexes.ts';
import { annexChanges } from '../document/changes.ts';
import { sealsAt } from '../document/seal-key.ts';
import type { Template } from '../document/template.ts';
import type { Submission } from '../lifecycle/submission.ts';

/** What an agreement would say just now, and which of its measures do not hold. */
export type Draft = { template: Template; annexes: Annexes; hindrances: Hindrance[] };

/** Why there is nothing to offer, whoever asks. `demonstration`: what it would promise was shown by made-up systems. */
export type Obstacle = 'no-template' | 'no-seal' | 'demonstration';

/** The part of a desk from which it follows what is offered. */
export type Drafting = Pick<Desk, 'current' | 'now' | 'sealKey' | 'demo'>;

/** What a request would be offered just now, or why it would not. Throws what is wrong with the content. */
export async function draftFor(desk: Drafting, form: RequestForm): Promise<Draft | Obstacle> {
  if (desk.sealKey === undefined || !sealsAt(desk.sealKey, desk.now())) return 'no-seal';
  const draft = await draftOf(desk, form);
  if (draft === undefined) return 'no-template';
  return draft.annexes.demo && desk.demo !== true ? 'demonstration' : draft;
}

/**
 * What became different between the annexes that were signed and those of now, without what was only seen again; undefined
 * when content has no template any more, or the request was deleted.
 */
export async function changesSince(
  desk: Pick<Desk, 'current' | 'now'>,
  request: Submission,
  annexes: Annexes,
): Promise<AnnexChange[] | undefined> {
  const form = formOf(request);
  const draft = form === undefined ? undefined : await draftOf(desk, form);
  return draft === undefined ? undefined : changesBetween(annexes, draft.annexes);
}

/** What differs between two annexes so that it must be looked at again. */
export function changesBetween(before: Annexes, after: Annexes): AnnexChange[] {
  return annexChanges(before, after).filter(({ change }) => change !== 'seen-again');
}

/** What was filled in; undefined once it was deleted. */
export function formOf({ data }: Submission): RequestForm | undefined {
  return data === null ? undefined : RequestForm.parse(data);
}

/** An obstacle in words. */
export function refusalOf(id: string, obstacle: Obstacle) {
  const problem = {
    'no-template': 'content has no template of an agreement',
    'no-seal': 'this server has no key to seal it with, or its certificate has ended',
    demonstration: 'its measures rest on evidence of a demonstration',
  }[obstacle];
  return candorError('OfferRefused', { id, problem });
}

async function draftOf({ current, now }: Pick<Desk, 'current' | 'now'>, form: RequestForm): Promise<Draft | undefined> {
  const { content, trust, template } = await current();
  if (template === undefined) return undefined;
  const annexes = annexesOf({ content, trust, template, form, at: now().toISOString() });
  return { template, annexes, hindrances: hindrancesOf(annexes) };
}
