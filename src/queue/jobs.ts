import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Log } from '../ports/process.ts';
import type { DueDelivery } from '../ports/queue.ts';
import type { AdmittedDelivery } from './gate/gate-messages.ts';
import { alarmJob, deliverJob, type JobData, testJob } from './job-data.ts';
import { bounded, COMMAND_TIMEOUT_MS, retriedOnce, whenReady } from './redis.ts';

export const QUEUE_NAME = 'deliveries';

const DEAD_JOBS = 1000;

/** The BullMQ queue: passes admitted deliveries to workers, and is the alarm clock of retries. */
export class Jobs {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #log: Log;
  #opening: Promise<Queue<JobData>> | undefined;

  constructor(redis: Redis, prefix: string, log: Log) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#log = log;
  }

  /** Each admission is a job of its own, so that remains of an earlier one cannot swallow it. @throws Unavailable */
  async deliver(admitted: readonly AdmittedDelivery[]): Promise<void> {
    const jobs = admitted.map((one) => ({ name: 'deliver', data: deliverJob(one) }));
    await this.#add(jobs);
  }

  /** Sets alarms; one that is set for the same attempt stays as it is. @throws Unavailable */
  async setAlarms(alarms: readonly DueDelivery[]): Promise<void> {
    const jobs = alarms.map((due) => ({
      name: 'alarm',
      data: alarmJob(due),
      opts: { jobId: `${due.deliveryId}-${due.attempt}`, delay: due.delayMs },
    }));
    await this.#add(jobs);
  }

  /** Queues tests. A test that is queued twice is attempted once: its second claim is refused. @throws Unavailable */
  async deliverTests(tests: readonly DueDelivery[]): Promise<void> {
    await this.#add(tests.map((due) => ({ name: 'test', data: testJob(due) })));
  }

  /** Removes jobs that BullMQ counts as failed, which would swallow a new alarm of the same id. @throws Unavailable */
  async sweepDead(): Promise<void> {
    await bounded(this.#queue().then((queue) => queue.clean(0, DEAD_JOBS, 'failed')));
  }

  async close(): Promise<void> {
    const closing = this.#opening?.then((queue) => queue.close());
    if (closing) await bounded(closing).catch((err) => this.#log.warn({ err }, 'redis: the queue did not close cleanly'));
  }

  async #add(jobs: NewJobs): Promise<void> {
    if (jobs.length > 0) await retriedOnce(() => bounded(this.#queue().then((queue) => addAll(queue, jobs))));
  }

  /** BullMQ never recovers from a queue that was opened while Redis was unavailable, so it is opened on first use. */
  #queue(): Promise<Queue<JobData>> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #open(): Promise<Queue<JobData>> {
    await whenReady(this.#redis, COMMAND_TIMEOUT_MS);
    const queue: Queue<JobData> = new Queue(QUEUE_NAME, {
      connection: this.#redis,
      prefix: this.#prefix,
      skipMetasUpdate: true,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    queue.on('error', (err) => this.#log.warn({ err: err.message }, 'redis: queue error'));
    await queue.waitUntilReady();
    return queue;
  }
}

type NewJobs = Parameters<Queue<JobData>['addBulk']>[0];

/** A single job is one command; several are a transaction, which costs about three times that for one. */
async function addAll(queue: Queue<JobData>, jobs: NewJobs): Promise<void> {
  const [first, ...others] = jobs;
  if (first && others.length === 0) await queue.add(first.name, first.data, first.opts);
  else await queue.addBulk(jobs);
}
