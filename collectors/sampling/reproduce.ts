/** How a person with access sees the same; on the page of the record. */
export function reproduceSamples(): string[] {
  return [
    'Read /audit-samples/<n>/commitment.json, draw.json and picks.json; `candor verify` proves them against the log.',
    'With the salt and the ids in the order of their key: python3 redraw.py <folder> ids.txt <salt>.',
  ];
}
