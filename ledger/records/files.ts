/** The files of one record, relative to the content folder. Each is published under the same path. */
export function recordFiles(source: string, collector: string) {
  const base = `evidence/${source}/${collector}`;
  return {
    record: `${base}.json`,
    proof: `${base}.tlog-proof`,
    heartbeat: `${base}.heartbeat.json`,
    heartbeatProof: `${base}.heartbeat.tlog-proof`,
    bundle: `${base}.sigstore.json`,
  };
}
