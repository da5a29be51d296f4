// Something is being written: whether it is under way, what went wrong, and what is read again when it
// went well. A protected change is proved and then done, without leaving the page.

import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem, type Problem } from '../api/problem';
import { again } from '../session/session';

export interface Writing {
  busy: boolean;
  problem: Problem | undefined;
  /** Does it, and then what follows from it; answers whether it went well. */
  run: (work: () => Promise<unknown>, then?: () => void) => Promise<boolean>;
  /** Proves what the last attempt lacked, and tries again. */
  prove: () => void;
  /** Forgets what went wrong. */
  clear: () => void;
}

interface Attempt {
  work: () => Promise<unknown>;
  then: (() => void) | undefined;
}

/** What is written here changes what is kept under these names. */
export function useWriting(...touched: readonly QueryKey[]): Writing {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [last, setLast] = useState<Attempt>();

  async function run(work: () => Promise<unknown>, then?: () => void): Promise<boolean> {
    if (busy) return false;
    setBusy(true);
    setProblem(undefined);
    setLast({ work, then });
    try {
      await work();
      await Promise.all(touched.map((queryKey) => queries.invalidateQueries({ queryKey })));
      then?.();
      return true;
    } catch (thrown) {
      const problem = asProblem(thrown);
      setProblem(problem);
      // What is there now is loaded; what was entered stays, and can be saved on top of it.
      if (problem.status === 412) {
        await Promise.all(touched.map((queryKey) => queries.invalidateQueries({ queryKey })));
      }
      return false;
    } finally {
      setBusy(false);
    }
  }

  const prove = () => {
    if (!last) return;
    again(problem?.claims)
      .then(() => run(last.work, last.then))
      .catch((thrown: unknown) => setProblem(asProblem(thrown)));
  };
  return { busy, problem, run, prove, clear: () => setProblem(undefined) };
}
