/** Where a change stands among all that were announced. */
export interface FeedPosition {
  /** Another one after the feed lost its past. */
  readonly epoch: string;
  readonly ms: number;
  readonly sequence: number;
  readonly index: number;
}

/** Whether `position` is later; positions of different epochs are not comparable, and count as later. */
export function isAfter(position: FeedPosition, other: FeedPosition): boolean {
  if (position.epoch !== other.epoch) return true;
  if (position.ms !== other.ms) return position.ms > other.ms;
  if (position.sequence !== other.sequence) return position.sequence > other.sequence;
  return position.index > other.index;
}

/** One word: the id of a message. */
export function writePosition({ epoch, ms, sequence, index }: FeedPosition): string {
  return `${epoch}-${ms}-${sequence}-${index}`;
}

/** Undefined for text that is no position. */
export function readPosition(text: string): FeedPosition | undefined {
  const match = /^([0-9a-f]{8})-(\d{1,15})-(\d{1,15})-(\d{1,16})$/.exec(text);
  if (!match) return undefined;
  const [epoch = '', ms, sequence, index] = match.slice(1);
  return { epoch, ms: Number(ms), sequence: Number(sequence), index: Number(index) };
}
