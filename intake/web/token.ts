import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The name of the field that holds the token. */
export const TOKEN_FIELD = 'form-token';

/**
 * The cookie of forms: a random value that no other site can read or set. `__Host-` binds it to this host over TLS. Lax,
 * because whoever comes by a link in a letter must keep the forms that are open already.
 */
export function formCookie(own: string) {
  const secure = new URL(own).protocol === 'https:';
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
  return { name: secure ? '__Host-form' : 'form', options };
}

/** A value for the cookie: 256 random bits. */
export function newCookieValue(): string {
  return randomBytes(32).toString('base64url');
}

/** The token of a form that is shown to whoever holds this cookie. */
export function tokenOf(cookie: string): string {
  return hash('sha256', `form-token:${cookie}`, 'base64url');
}

/** Whether a token was shown to whoever holds this cookie; compared in constant time. */
export function isTokenOf(token: string | null, cookie: string | undefined): boolean {
  if (token === null || cookie === undefined || cookie.length < 43) return false;
  const [given, wanted] = [token, tokenOf(cookie)].map((text) => Buffer.from(text));
  return (
    given !== undefined && wanted !== undefined && given.length === wanted.length && timingSafeEqual(given, wanted)
  );
}
