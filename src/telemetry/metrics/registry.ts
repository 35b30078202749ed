import { Gauge, Registry } from 'prom-client';
import packageJson from '../../../package.json' with { type: 'json' };
import type { RenderedMetrics } from '../../ports/metrics.ts';
import { addInstallationMetrics, type InstallationSources } from './installation-metrics.ts';
import { addProcessMetrics } from './process-metrics.ts';

/** Creates a registry with the metrics that API and workers have in common. */
export function createRegistry(name: string, sources: InstallationSources): Registry {
  const registry = new Registry();
  const labelNames = ['version', 'process'];
  const info = new Gauge({ name: 'passwire_info', help: 'Version of this process.', labelNames, registers: [registry] });
  info.set({ version: packageJson.version, process: name }, 1);
  addInstallationMetrics(registry, sources);
  addProcessMetrics(registry);
  return registry;
}

export async function render(registry: Registry): Promise<RenderedMetrics> {
  return { contentType: registry.contentType, text: await registry.metrics() };
}
