import { type DnsServer, startDns } from '../dns/server.ts';

/** Starts the DNS of Larkspur Desk: what anybody may ask, on loopback. */
export function startDemoDns(): Promise<DnsServer> {
  return startDns({
    'larkspur.example': {
      mx: ['mx1.postlane.example', 'mx2.postlane.example'],
      txt: [
        'v=spf1 include:_spf.larkspur.example include:spf.postlane.example -all',
        'tallybook-domain=7d1c0f',
        'larkspur-internal=canary-7f3a000000000003',
      ],
    },
    '_spf.larkspur.example': { txt: ['v=spf1 ip4:192.0.2.25 -all'] },
    'app.larkspur.example': { cname: 'edge.larkspur.example' },
    'edge.larkspur.example': { cname: 'larkspur.lb.harbourcloud.example' },
    'help.larkspur.example': { cname: 'larkspur.lb.harbourcloud.example' },
    'spf.postlane.example': { txt: ['v=spf1 ip4:198.51.100.0/24 include:spf.harbourcloud.example -all'] },
    'spf.harbourcloud.example': { txt: ['v=spf1 ip4:203.0.113.0/24 -all'] },
  });
}
