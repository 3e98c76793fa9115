import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

/** The demo company’s product site, and all who answer its pages’ requests, on this machine alone. */
export type DemoSite = {
  /** `DEMO_SITE`: `HOST=127.0.0.1:PORT` for each host, as the `resolve` of a source takes it. */
  environment: Record<string, string>;
  stop: () => Promise<void>;
};

const files: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/pricing/': 'pricing.html',
  '/help/': 'help.html',
  '/billing/': 'billing.html',
  '/desk.css': 'desk.css',
};
const product = 'desk.larkspur.example';
/** What vendors would answer: made up here, and sent by nobody else. */
const vendors: Readonly<Record<string, string>> = {
  'cdn.jsdelivr.net': '/* a public library */',
  'cdn.segment.com': "fetch('//api.segment.io/v1/p', { method: 'POST', mode: 'no-cors', body: location.pathname });",
  'api.segment.io': '{"success":true}',
  'js.tallybook.example': 'document.querySelector("#card").textContent = "Card form by Tallybook";',
  'browser.sightline.example': '/* sends errors, when there are any */',
  'widget.weft.example': '/* opens the chat */',
};

/** Starts one server for all of them, on a free port of the loopback address. */
export async function startSite(): Promise<DemoSite> {
  const server = createServer(async (request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const script = vendors[host];
    // Read anew each time, so that a page can be broken while the demo runs.
    const name = files[(request.url ?? '').replace(/\?.*$/, '')];
    const file = name === undefined ? '' : await readFile(new URL(`site/${name}`, import.meta.url)).catch(() => '');
    if (script !== undefined) response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (host !== product || file.length === 0) response.writeHead(404).end();
    else {
      const type = request.url?.endsWith('.css') ? 'text/css' : 'text/html';
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, ...headers }).end(file);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It is no reason for the process to stay.
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The demo’s site has no port.');
  return {
    environment: {
      DEMO_SITE: [product, ...Object.keys(vendors)].map((host) => `${host}=127.0.0.1:${address.port}`).join(' '),
    },
    stop: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const headers = {
  server: 'harbourcloud',
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'unsafe-inline' cdn.segment.com js.tallybook.example browser.sightline.example widget.weft.example cdn.jsdelivr.net; style-src 'self' cdn.jsdelivr.net; connect-src 'self' api.segment.io browser.sightline.example",
};
