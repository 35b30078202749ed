/** The metrics of a process in the Prometheus text format. */
export interface RenderedMetrics {
  readonly contentType: string;
  readonly text: string;
}
