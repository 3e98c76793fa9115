import type { AstroGlobal } from 'astro';
import { admitted } from '../intake/staff/forms.ts';
import type { Member } from '../intake/staff/roles.ts';
import { sessionCookie } from '../intake/staff/sessions.ts';

type Page = Pick<AstroGlobal, 'cookies' | 'locals'>;

/** The secret of the session that a browser holds; undefined when it holds none. */
export function sessionSecret({ cookies, locals }: Page): string | undefined {
  return cookies.get(sessionCookie(locals.desk.head.url).name)?.value;
}

/** Whoever is signed in; undefined when the page must send them to sign in. Throws Refusal no-token. */
export function signedIn(page: Page): Promise<Member | undefined> {
  const { desk, form } = page.locals;
  return admitted(desk, sessionSecret(page), form);
}
