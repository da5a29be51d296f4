// A link to an address below the console that was worked out, rather than named.

import { Link } from '@fluentui/react-components';
import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';

export function PathLink({ path, children }: { path: string; children: ReactNode }) {
  const router = useRouter();
  const go = (event: MouseEvent) => {
    // Whoever wants another tab gets one.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    router.history.push(`/console${path}`);
  };
  return (
    <Link inline href={`/console${path}`} onClick={go}>
      {children}
    </Link>
  );
}
