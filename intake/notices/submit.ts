import { ObjectionForm } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { fieldsOf, problemsOf } from '../web/fields.ts';
import { Refusal } from '../web/refusal.ts';
import { type NoticeView, object, viewNotice } from './object.ts';

/** What the link of a notice shows. Throws Refusal unknown: alike for wrong secrets and deleted customers. */
export async function noticeAt({ db, now }: Pick<Desk, 'db' | 'now'>, key: string): Promise<NoticeView> {
  const view = await viewNotice(db, key, now());
  if (view === undefined) throw new Refusal('unknown');
  return view;
}

/** Takes in an objection: what is wrong with it by field, nothing when it was taken. Throws Refusal unknown. */
export async function submitObjection(
  desk: Pick<Desk, 'db' | 'head' | 'now'>,
  key: string,
  form: URLSearchParams,
): Promise<Record<string, string>> {
  const parsed = ObjectionForm.safeParse(fieldsOf(form, ObjectionForm));
  if (!parsed.success) return problemsOf(parsed.error);
  if (!(await object(desk, key, parsed.data))) throw new Refusal('unknown');
  return {};
}
