import type { Change } from '../domain/change.ts';
import type { FeedPosition } from '../domain/feed-position.ts';

/** Announces changes to all API processes, for those who watch. */
export interface Announcer {
  /** False while nobody watches: an announcement would reach nobody. */
  readonly isWanted: boolean;
  /** Never throws and never waits. `changes` is not called while nobody watches. */
  announce(changes: () => readonly Change[]): void;
}

/** What was announced, as long as it can be read again. */
export interface AnnouncedChanges {
  /** Drops all of it; those who watch learn that they may have missed something. @throws Unavailable */
  forget(): Promise<void>;
}

export interface FeedEntry {
  readonly position: FeedPosition;
  readonly change: Change;
}

export interface FeedListener {
  /** In order. */
  changed(entries: readonly FeedEntry[]): void;
  /** Changes may have been missed: from now on they are complete again. */
  missed(): void;
  /** The feed became available or unavailable. */
  available(isAvailable: boolean): void;
}

/** The changes that all processes announce. */
export interface ChangeFeed {
  /** From now on every process announces, and `listener` hears of it. */
  start(listener: FeedListener): void;
  stop(): void;
  /** Waits until every process announces: a change from then on is heard of. False: the feed is unavailable. */
  ready(): Promise<boolean>;
  /** The last position; undefined before anything was read. */
  readonly position: FeedPosition | undefined;
  /**
   * Reads what was announced after a position, a page at a time. To be called when the feed is ready.
   *
   * @param take returns false to end it
   * @returns false when `take` did, or the changes after the position are no longer complete
   * @throws Unavailable
   */
  since(position: FeedPosition, take: (entries: readonly FeedEntry[]) => boolean): Promise<boolean>;
}
