/**
 * The audit samples that the demo makes, in order: what is committed to, and with which seed it is drawn at once. The one
 * without waits for its round of the beacon, which the demo does not ask for: it opens no connection to the outside.
 */
export const demoSamples: readonly { name: string; seed?: string }[] = [
  {
    name: 'change-log/postgres-sample',
    seed: 'Made up for this demonstration; an auditor throws dice: 6175 2093 8812 4410',
  },
  { name: 'incident-log/postgres-sample' },
];
