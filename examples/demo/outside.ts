import { rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemoDns } from './dns.ts';

const data = join(import.meta.dirname, 'vendors-data');

/** Where the company's vendors give themselves away: its code, its DNS, and the log of what leaves its network. */
export type Outside = {
  /** `DEMO_REPOSITORY`, a checkout; `DEMO_EGRESS_LOG`, a file; `DEMO_DNS`, an address. */
  environment: Record<string, string>;
  /** Stops the server and deletes the files. */
  stop: () => Promise<void>;
};

/** Starts the DNS server, and copies the checkout and the log to a folder of their own, which may be broken at will. */
export async function startOutside(now = new Date()): Promise<Outside> {
  const folder = await mkdtemp(join(tmpdir(), 'candor-demo-'));
  const [repository, log] = [join(folder, 'repository'), join(folder, 'egress.csv')];
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const dns = await startDemoDns();
  const stop = async () => {
    process.off('exit', remove);
    await dns.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await cp(join(data, 'repository'), repository, { recursive: true });
    await writeFile(log, dated(await readFile(join(data, 'egress.csv'), 'utf8'), now));
  } catch (error) {
    await stop();
    throw error;
  }
  return { environment: { DEMO_REPOSITORY: repository, DEMO_EGRESS_LOG: log, DEMO_DNS: dns.address }, stop };
}

/** The log as it would be exported now: `hours_ago` becomes a time. */
function dated(text: string, now: Date): string {
  const [, ...lines] = text.trim().split('\n');
  const times = lines.map((line) => {
    const [hours = '0', ...rest] = line.split(',');
    return [new Date(now.getTime() - Number(hours) * 3_600_000).toISOString(), ...rest].join(',');
  });
  return ['time,host,bytes', ...times, ''].join('\n');
}
