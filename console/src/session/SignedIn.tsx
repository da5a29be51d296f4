// The browser comes back from the provider.

import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { asProblem } from '../api/problem';
import { arrived, handOver, NotSignedIn } from './provider';
import { SignIn, Working } from './SignIn';
import { begin, lookedSilently } from './session';

// A code is good once: it is taken by the first who comes, however often the page is painted.
let taking: ReturnType<typeof arrived> | undefined;

export function SignedIn() {
  const router = useRouter();
  const [failed, setFailed] = useState<{ problem?: string; target: string }>();

  useEffect(() => {
    if (handOver()) return;
    taking ??= arrived(new URL(location.href));
    taking
      .then(async (found) => {
        if (!found) return router.history.replace('/console/');
        await begin(found.tenant, found.tokens);
        lookedSilently();
        router.history.replace(found.target);
      })
      .catch((thrown: unknown) => {
        const target = thrown instanceof NotSignedIn ? thrown.target : '/console/';
        // That nobody is signed in is no problem when nobody was asked.
        const quiet = thrown instanceof NotSignedIn && thrown.silent && thrown.code !== 'access_denied';
        setFailed({ target, problem: quiet ? undefined : asProblem(thrown).message });
      });
  }, [router]);

  return failed ? <SignIn {...failed} /> : <Working />;
}
