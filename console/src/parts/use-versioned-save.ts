import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../api/api-error.ts';

/** The members of an object that a form changes, by their names. */
export type Members = Readonly<Record<string, unknown>>;

interface Versioned {
  readonly version: number;
}

interface Options<T extends Versioned, M extends Members> {
  /** The object as the form was filled from it. */
  readonly base: T;
  /** The members that the form changes, as the API would take them. */
  membersOf(object: T): M;
  /** Loads the object as it is now. */
  read(): Promise<T>;
  /** Saves with `If-Match: "{version}"`. `changes` has the members alone that differ from `base`: the others stay. */
  write(changes: Partial<M>, version: number): Promise<T>;
  onSaved(saved: T): unknown;
}

/** Somebody else changed the object since the form was filled. */
export interface ConflictOf<T, M> {
  readonly theirs: T;
  readonly changes: Partial<M>;
  /** The form's members when it was filled, as they are now, and as they would be if the changes were applied. */
  readonly was: M;
  readonly now: M;
  readonly applied: M;
}

/**
 * Saves a form with `If-Match`. On 412 the object is loaded again: where none of the form's members differ (the version rises
 * with changes of other members and of the system too) it is saved over the new version, else `conflict` says what to ask.
 */
export function useVersionedSave<T extends Versioned, M extends Members>(options: Options<T, M>) {
  const { base, membersOf, read, write, onSaved } = options;
  const [conflict, setConflict] = useState<ConflictOf<T, M>>();
  const save = useMutation({
    async mutationFn({ changes, over }: { readonly changes: Partial<M>; readonly over: T }): Promise<T | undefined> {
      try {
        return await write(changes, over.version);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 412)) throw error;
        const theirs = await read();
        const [before, now] = [membersOf(over), membersOf(theirs)];
        if (changedMembers(before, now).length === 0) return write(changes, theirs.version);
        setConflict({ theirs, changes, was: membersOf(base), now, applied: { ...now, ...changes } });
        return undefined;
      }
    },
    async onSuccess(saved) {
      if (saved === undefined) return;
      setConflict(undefined);
      await onSaved(saved);
    },
  });
  return {
    conflict,
    error: save.error,
    isPending: save.isPending,
    isSaved: save.isSuccess && save.data !== undefined,
    save(mine: M): void {
      const changed = changedMembers(membersOf(base), mine);
      const changes = Object.fromEntries(changed.map((name) => [name, mine[name]])) as Partial<M>;
      save.mutate({ changes, over: base });
    },
    /** Saves what was changed over what is there now. */
    applyMine: (): void => conflict && save.mutate({ changes: conflict.changes, over: conflict.theirs }),
    /** Forgets the conflict. To take theirs, the caller fills the form from `conflict.theirs`. */
    close: (): void => setConflict(undefined),
  };
}

/** The names of members with other values, in the order of the first object. */
export function changedMembers(before: Members, after: Members): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => JSON.stringify(sorted(before[name])) !== JSON.stringify(sorted(after[name])));
}

/** The order of members says nothing: the API and a form may differ in it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
