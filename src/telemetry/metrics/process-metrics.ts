import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

const NS_PER_S = 1e9;
const US_PER_S = 1e6;
const DELAY_RESOLUTION_MS = 20;

/** The cost of this process. Names are those of other Node programs, so that existing dashboards show them. */
export function addProcessMetrics(registry: Registry): void {
  const registers = [registry];
  const startedAtS = Math.round(Date.now() / 1000 - process.uptime());
  new Gauge({ name: 'process_start_time_seconds', help: 'Start of the process, Unix time.', registers }).set(startedAtS);
  let countedS = 0;
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time, user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      const nowS = (user + system) / US_PER_S;
      this.inc(nowS - countedS);
      countedS = nowS;
    },
  });
  gauge('process_resident_memory_bytes', 'Memory in use (resident set).', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', 'Memory that JavaScript objects use.', () => process.memoryUsage().heapUsed);
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  gauge('nodejs_eventloop_lag_p99_seconds', 'Event loop delay since the last scrape, 99th percentile.', () => {
    const p99 = delay.percentile(99) / NS_PER_S;
    delay.reset();
    return p99;
  });
  let before = performance.eventLoopUtilization();
  gauge('nodejs_eventloop_utilization', 'Share of the time since the last scrape that the event loop was busy.', () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  });

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
}
