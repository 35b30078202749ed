/** What the demo found wrong; nothing, if all is well. */
export class Report {
  readonly reasons: string[] = [];
  #deliveries = 0;

  /** Notes `reason` unless `ok`. */
  expect(ok: boolean, reason: string): void {
    if (!ok) this.reasons.push(reason);
  }

  /** One more delivery that the demo caused and has shown. */
  count(): void {
    this.#deliveries++;
  }

  get deliveries(): number {
    return this.#deliveries;
  }
}
