/** Makes one change to the log of a place, as a process of its own. Arguments: the place as JSON, and which change. */
import { parseKeys } from '../../../ledger/keys/private.ts';
import { retire } from '../../../ledger/records/keep.ts';
import { readEvidence, recordName } from '../../../ledger/records/store.ts';
import { at, T0 } from '../../posture/worlds.ts';
import { fillers, keepIn, later, open } from '../ledgers.ts';
import { unsealed } from '../records.ts';

const [, , json = '', change] = process.argv;
const { content, state, pem }: { content: string; state: string; pem: string } = JSON.parse(json);
const HOUR = 3_600_000;
const place = { root: '', content, state, pem, keys: parseKeys(pem), remove: async () => undefined };
const ledger = await open(place, { now: () => new Date(at(T0 + HOUR)) });
try {
  switch (change) {
    case 'begin':
      break;
    case 'record':
      await keepIn(ledger, later(unsealed(2), HOUR));
      break;
    case 'heartbeat':
      await keepIn(ledger, later(unsealed(1), HOUR));
      break;
    case 'retire': {
      const { kept } = await readEvidence(content);
      for (const [key, { newest }] of kept) await retire(ledger, recordName(key), newest, 'It is no longer declared.');
      break;
    }
    case 'fill':
      await ledger.append(fillers(1, 3, HOUR));
      break;
    case 'forever':
      process.stdout.write('writing\n');
      for (let round = 2; ; round += 1) await keepIn(ledger, later(unsealed(1 + (round % 30)), HOUR * round));
    default:
      throw new Error(`there is no change ${change}`);
  }
} finally {
  await ledger.close();
}
