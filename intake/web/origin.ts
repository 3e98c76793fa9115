/**
 * Whether a POST comes from a form of `own`, by what the browser says (Fetch, 3.1 and Fetch Metadata). A page without
 * referrer sends `Origin: null`, so then the other header counts; a browser that says neither is `unsaid`, and its
 * token alone decides. Host and X-Forwarded headers are not looked at, so a proxy in front that ends TLS changes nothing.
 */
export function originOf(headers: Headers, own: string): 'own' | 'foreign' | 'unsaid' {
  const origin = headers.get('origin');
  if (origin !== null && origin !== 'null') return origin === new URL(own).origin ? 'own' : 'foreign';
  const site = headers.get('sec-fetch-site');
  if (site === null) return 'unsaid';
  return site === 'same-origin' || site === 'none' ? 'own' : 'foreign';
}
