/** Whom headers name: hosts without scheme, port, path and `*.`, each once; `any` when a policy lets in every host. */
export type Named = { hosts: string[]; any: boolean };

/** Directives whose values are places that the page may load from, send to or report to (CSP Level 3, 6.1 and 6.3 to 6.5). */
const sources = /^([a-z]+-src(-elem|-attr)?|form-action|base-uri|report-uri)$/;
/** Relations of `Link` for which a browser connects; `dns-prefetch` only asks for a name. */
const connecting = /(^|\s)(preconnect|preload|prefetch|modulepreload|stylesheet)(\s|$)/i;

/** Reads Content-Security-Policy (enforced and report-only), Link, Reporting-Endpoints, Report-To and Location. */
export function namedBy(headers: readonly (readonly [name: string, value: string])[]): Named {
  const hosts = new Set<string>();
  let any = false;
  for (const [name, value] of headers) {
    if (/^content-security-policy(-report-only)?$/.test(name))
      for (const source of sourcesOf(value)) {
        if (/^(\*|https?:(\/\/\*)?|wss?:)$/.test(source)) any = true;
        const host = hostOfSource(source);
        if (host !== undefined) hosts.add(host);
      }
    for (const address of addressesIn(name, value)) {
      const host = URL.parse(address)?.hostname;
      if (host !== undefined && host !== '') hosts.add(host);
    }
  }
  return { hosts: [...hosts].sort(), any };
}

function sourcesOf(policies: string): string[] {
  return policies
    .split(/[;,]/)
    .map((directive) => directive.trim().toLowerCase().split(/\s+/))
    .flatMap(([name = '', ...values]) => (sources.test(name) ? values : []));
}

/** `https://*.sentry.io:443/path` is `sentry.io`; keywords, nonces, hashes and schemes are no hosts. */
function hostOfSource(source: string): string | undefined {
  const [, host] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:\*\.)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)+)\.?(?::(?:\d+|\*))?(?:\/.*)?$/.exec(source) ??
    [];
  return host;
}

function addressesIn(name: string, value: string): string[] {
  if (name === 'location') return [value];
  if (name === 'link')
    return [...value.matchAll(/<([^>]*)>([^,]*)/g)].flatMap(([, address = '', parameters = '']) => {
      const [, relation = ''] = /;\s*rel\s*=\s*"?([^";]*)"?/i.exec(parameters) ?? [];
      return connecting.test(relation) ? [address] : [];
    });
  if (name === 'reporting-endpoints') return [...value.matchAll(/="([^"]*)"/g)].map(([, address = '']) => address);
  // JSON objects after each other (W3C Reporting API, first version); only the addresses matter.
  if (name === 'report-to') return [...value.matchAll(/"url"\s*:\s*"([^"]*)"/g)].map(([, address = '']) => address);
  return [];
}
