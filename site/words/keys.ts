const capitals = new Set(['rls', 'sql', 'api', 'tls', 'url', 'id', 'dpa', 'mfa', 'sso', 'ip', 'dns', 'ci']);

/** A key as a person would write it: `tenantTables` is `Tenant tables`, `rls-enabled` is `RLS enabled`. */
export function humanise(key: string): string {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .map((word) => word.toLowerCase())
    .map((word) => (capitals.has(word) ? word.toUpperCase() : word));
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A published fact as text; an unknown one is said to be unknown. */
export function factText(value: string | number | boolean | null): string {
  if (value === null) return 'unknown';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? number(value) : value;
}

/** `10,000`. */
export function number(value: number): string {
  return value.toLocaleString('en-GB');
}

const frameworks: Record<string, string> = {
  soc2: 'SOC 2',
  iso27001: 'ISO/IEC 27001',
  iso27017: 'ISO/IEC 27017',
  iso27018: 'ISO/IEC 27018',
  gdpr: 'GDPR Art.',
  hipaa: 'HIPAA',
  'nist-csf': 'NIST CSF',
  nis2: 'NIS2 Art.',
  dora: 'DORA Art.',
  cra: 'CRA Art.',
};

/** `soc2:CC6.1` is `SOC 2 CC6.1`; a framework that is not known here keeps its own name. */
export function frameworkText(reference: string): string {
  const [framework = '', control = ''] = reference.split(/:(.*)/);
  return `${frameworks[framework] ?? framework} ${control}`;
}
